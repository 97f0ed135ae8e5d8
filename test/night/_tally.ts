/** What the migrations of a night have seen. */
import type { Visit } from "./_load.ts";

export interface Tally {
  readonly waits: number[];
  readonly open: number[];
  answered: number;
  refused: number;
  health: number;
  newcomers: number;
  /** Answers that visitors should not have got. */
  wrong: number;
  /** How often the command has said that it is not safe. */
  notSafe: number;
  faults: number;
  kills: number;
  restarts: number;
  visits: Map<string, number>;
}

export function createTally(): Tally {
  return {
    waits: [],
    open: [],
    answered: 0,
    refused: 0,
    health: 0,
    newcomers: 0,
    wrong: 0,
    notSafe: 0,
    faults: 0,
    kills: 0,
    restarts: 0,
    visits: new Map(),
  };
}

/** Counts what visitors got, whatever it was. */
export function countVisits(tally: Tally, visits: readonly Visit[]): void {
  for (const { kind, outcome } of visits) {
    const name = `${kind === "health" || kind === "socket" ? `${kind} ` : ""}${outcome}`;
    tally.visits.set(name, (tally.visits.get(name) ?? 0) + 1);
    if (outcome === 200) tally.answered++;
  }
}

/**
 * Holds what visitors got against what they were to get while a migration ran, and counts.
 *
 * @param isHard Whether a process may be dead or stopped, of which nginx then tells.
 * @returns How many got 503, and what others got in place of it.
 */
export function judge(
  tally: Tally,
  visits: readonly Visit[],
  from: number,
  to: number,
  isHard: boolean,
): { refused: number; wrong: string[] } {
  const wrong: string[] = [];
  let refused = 0;
  for (const { kind, sentAt, answeredAt, outcome } of visits) {
    if (!(sentAt >= from && answeredAt <= to) || outcome === "left") continue;
    if (kind === "newcomer") tally.newcomers++;
    const isAnswer = typeof outcome === "number" && outcome !== 502 && outcome !== 504;
    if (outcome === (kind === "health" ? 200 : 503)) {
      if (kind === "health") tally.health++;
      else refused++;
    } else if (isAnswer || !isHard) {
      wrong.push(`a visitor (${kind}) got ${outcome} ${ms(sentAt - from)} after it was safe`);
    }
  }
  tally.refused += refused;
  tally.wrong += wrong.length;
  return { refused, wrong };
}

export function ms(value: number): string {
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`;
}

export function describe(tally: Tally, rounds: number, falseSafe: number): string[] {
  const sorted = tally.waits.toSorted((a, b) => a - b);
  const at = (part: number) => ms(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!);
  const slowest = sorted.length === 0
    ? ""
    : `; from the command line to the migration: median ${at(0.5)}, slowest ${at(1)} ` +
      "(a killed process counts for 15 s)";
  const visits = [...tally.visits].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} x ${name}`);
  return [
    `${tally.waits.length} of ${rounds} migrations${slowest}`,
    `${falseSafe} times "safe" when it was not, ${tally.notSafe} times "not safe", ${tally.faults} faults`,
    `requests and jobs at work when it was asked for: ${Math.min(...tally.open)} to ${Math.max(...tally.open)}`,
    `while migrations ran: ${tally.refused} requests answered with 503, ${tally.health} health checks with 200, ` +
    `${tally.newcomers} first answers of new processes, ${tally.wrong} others`,
    `${tally.kills} processes killed, ${tally.restarts} ended in good order`,
    `all answers: ${visits.join(", ")}`,
  ];
}
