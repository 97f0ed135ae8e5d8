import { parseState } from "../../state/parse.ts";
import type { MaintenanceWindow } from "../../types/maintenance-state.ts";
import { usageError } from "../exit-codes.ts";
import { show } from "../output/secrets.ts";
import type { Situation } from "../situation.ts";

/**
 * Reads a percentage of visitors as a number from 0 to 1: `25%`, `0.25` or `none`.
 *
 * @throws {CliError} If the text is none of these.
 */
export function parsePercentage(text: string): number {
  if (text === "none") return 0;
  const percent = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text)?.[1];
  // 25 / 100 is exact, 33.3 / 100 may not be.
  if (percent !== undefined && Number(percent) <= 100) return Number((Number(percent) / 100).toPrecision(10));
  if (/^(?:0|0?\.\d{1,9})$/.test(text)) return Number(text);
  // "1" may mean all visitors or one in a hundred.
  const hint = /^1(?:\.0*)?$/.test(text)
    ? ': write "1%" or "100%"'
    : percent === undefined && /^\d{1,2}(?:\.\d{1,6})?$/.test(text)
    ? `: write "${text}%"`
    : "";
  throw usageError(`the percentage must be from 0% to 100%, such as 25%, or none, received ${show(text)}${hint}`);
}

/**
 * Changes which percentage of visitors gets in, and nothing else.
 *
 * @throws {CliError} If maintenance is off or has ended.
 */
export function composeAdmit({ state, phase }: Situation, part: number): MaintenanceWindow {
  if (phase === "off" || phase === "ended") {
    const why = phase === "off" ? "maintenance is off" : `maintenance ended at ${state.end}`;
    throw usageError(`${why}, so everyone gets in: turn it on first, with maintenancemode on`);
  }
  // A change takes over from the run that owns the state.
  const { admit: _, owner: __, former: ___, ...rest } = state;
  return parseState(part === 0 ? rest : { ...rest, admit: part });
}
