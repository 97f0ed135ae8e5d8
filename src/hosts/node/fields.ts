import { type AddedFields, CACHING, changesFor, type FieldChanges } from "../common/fields.ts";

/** The response of a Node server, by the members that are needed to add header fields: of http, http2 and others. */
interface NodeFields {
  readonly headersSent?: boolean;
  getHeader?(name: string): unknown;
  getHeaderNames?(): string[];
  setHeader?(name: string, value: string | readonly string[]): unknown;
  removeHeader?(name: string): unknown;
  writeHead(...args: unknown[]): unknown;
  writeHeader?(...args: unknown[]): unknown;
}

/** Fields that the app must not replace. Their names are in lower case. */
const FIRM = ["cache-control", "maintenance-mode"];

const isFirm = ([name]: AddedFields[number]) => FIRM.includes(name);

/**
 * Adds header fields to a response of Node that has not begun. If the app sets the field that announces maintenance, or all of
 * `Set-Cookie`, it replaces what was added.
 */
export function addNodeFields(given: object, fields: AddedFields | undefined): void {
  const res = given as NodeFields;
  if (fields === undefined || res.headersSent) return;
  const firm = fields.filter(isFirm);
  if (firm.length > 0) addWithHead(res, firm);
  for (const [name, value] of fields) {
    if (FIRM.includes(name)) continue;
    const former = name === "set-cookie" ? res.getHeader?.(name) ?? [] : [];
    const values = [former, value].flat() as string[];
    res.setHeader?.(name, values.length === 1 ? value : values);
  }
}

/** Adds fields when the head is written, also by `end()`, `write()`, `pipe()` and `flushHeaders()`, which all call this method. */
function addWithHead(res: NodeFields, fields: AddedFields): void {
  const { writeHead } = res;
  // The former name of the same method.
  res.writeHeader &&= (...args) => res.writeHead(...args);
  res.writeHead = (...args) => {
    const status = Number(args[0]);
    // An upgraded connection is left alone, and who writes the head a second time gets Node's error.
    if (status >= 200 && !res.headersSent) change(res, args, changesFor(fields, status));
    return Reflect.apply(writeHead, res, args);
  };
}

/** Changes the fields that were set before and those among the arguments of `writeHead()`. */
function change(res: NodeFields, args: unknown[], { added, isPrivate }: FieldChanges): void {
  const isReplaced = (name: string) => {
    const own = name.toLowerCase();
    return isPrivate && CACHING.test(own) || added.some(([name]) => name === own);
  };
  for (const name of res.getHeaderNames?.() ?? []) {
    if (isReplaced(name)) res.removeHeader?.(name);
  }
  const index = args.map((arg) => typeof arg === "object" && arg !== null).lastIndexOf(true);
  const given = args[index];
  if (given === undefined) {
    for (const [name, value] of added) res.setHeader?.(name, value);
  } else if (!Array.isArray(given)) {
    args[index] = Object.fromEntries([
      ...Object.entries(given as object).filter(([name]) => !isReplaced(name)),
      ...added,
    ]);
  } else if (Array.isArray(given[0])) {
    args[index] = [...given.filter(([name]) => !isReplaced(name)), ...added];
  } else {
    // Names and values by turns. Set with setHeader() instead, some versions of Node would lose all but the last cookie.
    const isKept = (_: unknown, index: number) => !isReplaced(`${given[index - index % 2]}`);
    args[index] = [...given.filter(isKept), ...added.flat()];
  }
}
