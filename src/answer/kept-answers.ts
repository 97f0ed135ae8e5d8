import type { AnswerDecision } from "../types/decision.ts";
import type { TimedState } from "../types/maintenance-state.ts";
import type { AnswerContext, ContextFinder } from "./answer-context.ts";
import { createPathRoom, type PathRoom } from "./path-answers.ts";
import { type Common, Representations } from "./representations.ts";
import { delayed } from "./retry-after.ts";

/** The clock and chance, which do not belong to the options. */
export interface Dependencies {
  /** The clock, in milliseconds since 1970. */
  now: () => number;
  /** A number from 0 up to 1, without 1, as `Math.random` gives it. */
  random: () => number;
}

/** Finds the answers for a decision, by the maintenance that answers, if it is in a store; and by chance, if clients are to be spread. */
export type KeptAnswers = (made: AnswerDecision, state: TimedState | undefined) => Representations;

const MAINTENANCE: AnswerDecision = { outcome: "answer", because: "maintenance" };

/** In how many steps returning clients are spread. */
const JITTER_STEPS = 16;

/** The answers of one answer context, and from when until when they may be given. */
interface Prepared {
  /** One for each step of the jitter. */
  steps: (Representations | undefined)[];
  room: PathRoom;
  context: AnswerContext;
  from: number;
  to: number;
}

/** The answers of one maintenance in the store. */
interface Kept extends Prepared {
  readonly state: TimedState;
  readonly because: string;
}

/**
 * Keeps the answers of each answer context while they hold.
 *
 * @param common What all answers have in common.
 * @param contextFor Finds the answer context.
 * @param retryJitter Over how many seconds returning clients are spread.
 * @param isRetryDate Whether the option `retryAfter` is a point in time.
 */
export function createKeptAnswers(
  common: Common,
  contextFor: ContextFinder,
  retryJitter: number,
  isRetryDate: boolean,
  { now, random }: Dependencies,
): KeptAnswers {
  const stepCount = Math.min(retryJitter + 1, JITTER_STEPS);

  function prepare(made: AnswerDecision, state: TimedState | undefined): Prepared {
    const context = contextFor(made, state);
    const from = now();
    const end = context.end?.getTime() ?? Infinity;
    // An answer also says a point in time in seconds, and these pass.
    const tick = context.retryAfter instanceof Date ? from + 1_000 - from % 1_000 : Infinity;
    // Each recurring window has an end of its own. A point in time that has passed has not for a clock that is set back.
    const isDate = isRetryDate || typeof state?.state.retryAfter === "string" || state?.state.expectedEnd !== undefined;
    const isConstant = state?.state.recurring === undefined && tick === Infinity && !isDate;
    return { steps: [], room: createPathRoom(), context, from: isConstant ? -Infinity : from, to: Math.min(tick, end) };
  }

  const holds = ({ from, to }: Prepared, at: number) => at >= from && at < to;

  // The answers of the option `enabled`, and those of the maintenance that answered last.
  let constant = prepare(MAINTENANCE, undefined);
  let last: Kept | undefined;
  // Of several in force, each request may meet another one.
  const others = new WeakMap<TimedState, Kept>();

  function preparedFor(made: AnswerDecision, state: TimedState | undefined): Prepared {
    if (state === undefined) {
      if (constant.to !== Infinity || constant.from !== -Infinity) {
        if (!holds(constant, now())) constant = prepare(MAINTENANCE, undefined);
      }
      return constant;
    }
    if (last?.state !== state) last = others.get(state);
    if (last === undefined || last.because !== made.because || !holds(last, now())) {
      last = { ...prepare(made, state), state, because: made.because };
      others.set(state, last);
    }
    return last;
  }

  return (made, state) => {
    const { steps, room, context } = preparedFor(made, state);
    const step = stepCount === 1 ? 0 : Math.floor(random() * stepCount);
    const kept = steps[step];
    if (kept !== undefined) return kept;
    const delay = stepCount === 1 ? 0 : Math.round(retryJitter * step / (stepCount - 1));
    const retryAfter = delayed(context.retryAfter, delay);
    const status = state?.state.status;
    const shared = status === undefined ? common : { ...common, statusCode: status };
    return steps[step] = new Representations(shared, { ...context, retryAfter }, now(), room);
  };
}
