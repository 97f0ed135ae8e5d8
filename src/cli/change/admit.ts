import { parseState } from "../../state/parse.ts";
import type { MaintenanceState } from "../../types/maintenance-state.ts";
import { usageError } from "../exit-codes.ts";
import { show } from "../output/secrets.ts";
import type { Situation } from "../situation.ts";

/**
 * Reads a part of the visitors: a percentage, a number below 1, or `none`.
 *
 * @throws {CliError} If it is neither.
 */
export function parsePart(text: string): number {
  if (text === "none") return 0;
  const percent = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text)?.[1];
  // 25 / 100 is exact, 33.3 / 100 need not be.
  if (percent !== undefined && Number(percent) <= 100) return Number((Number(percent) / 100).toPrecision(10));
  if (/^(?:0|0?\.\d{1,9})$/.test(text)) return Number(text);
  // Whether 1 is all or a hundredth is not for us to guess.
  const hint = /^1(?:\.0*)?$/.test(text)
    ? ': write "1%" or "100%"'
    : percent === undefined && /^\d{1,2}(?:\.\d{1,6})?$/.test(text)
    ? `: write "${text}%"`
    : "";
  throw usageError(`the part must be a percentage up to 100% such as 25%, or none, received ${show(text)}${hint}`);
}

/** A part of the visitors as text. */
export function formatPart(part: number): string {
  return `${Number((part * 100).toPrecision(6))}%`;
}

/**
 * The state that is on or read-only, with another part of the visitors that gets in.
 *
 * @throws {CliError} If maintenance is off or over.
 */
export function composeAdmit({ state, phase }: Situation, part: number): MaintenanceState {
  if (phase === "off" || phase === "ended") {
    const why = phase === "off" ? "is off" : `is off, its end has passed (${state.end})`;
    throw usageError(`maintenance ${why}, so everybody gets in: switch it on first, with maintenancemode on`);
  }
  // Whoever changes the state takes it over.
  const { admit: _, owner: __, ...rest } = state;
  return parseState(part === 0 ? rest : { ...rest, admit: part });
}
