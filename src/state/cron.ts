interface Field {
  name: string;
  least: number;
  most: number;
  /** Names in place of numbers, from `least` on. */
  names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  {
    name: "month",
    least: 1,
    most: 12,
    names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
  },
  { name: "day of the week", least: 0, most: 7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
];

/**
 * The fault in the five fields of a crontab; `undefined` if they are valid.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html | crontab} in POSIX. Names,
 * ranges with steps and Sunday as 7 are accepted as well, as everywhere.
 */
export function findCronFault(text: string): string | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return `it has ${fields.length} fields in place of 5`;
  return FIELDS.flatMap((field, index) => findFieldFault(fields[index]!, field) ?? [])[0];
}

function findFieldFault(text: string, field: Field): string | undefined {
  for (const part of text.split(",")) {
    const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return `"${part}" is not a valid ${field.name}`;
    const [, from, to, step] = match;
    if (step !== undefined && (Number(step) === 0 || (from !== undefined && to === undefined))) {
      return `the step in "${part}" must be from 1 and follow "*" or a range`;
    }
    if (step !== undefined && Number(step) > field.most) {
      return `the step in "${part}" is more than ${field.most}, the last ${field.name}`;
    }
    const bounds = [from, to].filter((bound) => bound !== undefined).map((bound) => valueOf(bound, field));
    if (bounds.includes(undefined)) {
      return `"${part}" is not a valid ${field.name}, which is ${field.least} to ${field.most}`;
    }
    if (bounds.length === 2 && bounds[0]! > bounds[1]!) return `the range "${part}" runs backwards`;
  }
  return undefined;
}

function valueOf(text: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return least + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}
