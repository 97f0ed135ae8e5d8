import { extensionsOf } from "../answer/graphql.ts";
import { type Answer, isAnswer } from "../answer/response.ts";
import { ANSWER } from "../gate/decide.ts";
import { internalsOf } from "../gate/internals.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import type { NodeRequest } from "../hosts/node/info.ts";
import { GateRequest } from "../hosts/node/request.ts";
import type { MaintenanceContext } from "../types/context.ts";
import type { AnswerDecision } from "../types/decision.ts";

/** Why a mutation is refused, in the words of the gate's own answer. */
export interface Refusal {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** Header fields for the response, by their lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request as servers hand it on; `undefined` if it cannot be found. */
export type GivenRequest = Request | NodeRequest | undefined;

/** The gate in front of mutations. */
export interface MutationGate {
  /** What a mutation has to wait for before it is decided about, such as the first reading of the store. */
  refresh(): Promise<void> | undefined;
  /**
   * Decides about a mutation where nothing can wait: none passes before the store was read, but where the gate's options alone
   * let it in.
   */
  decideAtOnce(given: GivenRequest, ctx: MaintenanceContext | undefined): AnswerDecision | undefined;
  /** Decides about a mutation; `undefined` lets it pass. Without a request, none passes while the gate is active. */
  decide(given: GivenRequest, ctx: MaintenanceContext | undefined): AnswerDecision | undefined;
  /** Tells `onDecision` of a decision, and puts it into words. */
  refuse(given: GivenRequest, ctx: MaintenanceContext | undefined, made: AnswerDecision): Refusal;
  /** Reports an error to `onError` of the gate, with the option whose function has failed. */
  report(error: unknown, option: string): void;
}

const TASK = "refuse GraphQL mutations";

/** The fields of the gate's answer that hold for a GraphQL response as well. */
const FIELDS = ["retry-after", "maintenance-mode", "cache-control"];

const ENGLISH = "This site is read-only for maintenance.";

/**
 * Puts a gate in front of mutations.
 *
 * A mutation writes. So it passes only in a request that the gate lets through for another reason than reading.
 *
 * @throws {OptionError} If `maintenance` is not a gate.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function createMutationGate(maintenance: Maintenance): MutationGate {
  const { isActive, decide, passesAlways, respond, report, live } = internalsOf(maintenance, TASK);

  function decideMutation(given: GivenRequest, ctx: MaintenanceContext = {}): AnswerDecision | undefined {
    if (!isActive()) return undefined;
    if (given === undefined) return ANSWER["read-only"];
    const made = decide(requestOf(given), ctx);
    if (made.outcome === "pass" && made.because !== "safe-method") return undefined;
    return made.outcome === "answer" && made.because !== "bypass-link" ? made : ANSWER["read-only"];
  }

  return {
    refresh: () => live?.refresh?.(undefined),
    decide: decideMutation,
    decideAtOnce(given, ctx = {}) {
      // A reading in the background is enough where the last one is still trusted.
      const isKnown = live?.refresh?.(() => () => {}) === undefined;
      const passes = isKnown || given !== undefined && passesAlways(requestOf(given), ctx) !== undefined;
      return passes ? decideMutation(given, ctx) : ANSWER["read-only"];
    },
    refuse: (given, ctx = {}, made) => refusalFrom(respond(askingForJson(given && requestOf(given)), ctx, made)),
    report,
  };
}

function requestOf(given: Request | NodeRequest): Request {
  return typeof (given as Request).headers.get === "function"
    ? given as Request
    : new GateRequest(given as NodeRequest).toRequest();
}

/** A request like the given one that asks for the gate's answer in a form that can be taken apart. */
function askingForJson(request: Request | undefined): Request {
  const headers = new Headers();
  request?.headers.forEach((value, name) => headers.append(name, value));
  headers.set("accept", "application/problem+json");
  return new Request(request?.url ?? "http://localhost/", { method: "POST", headers });
}

function refusalFrom(answer: Answer | Response | undefined): Refusal {
  // An answer of the user's own, by "handler503" or "responseType", says nothing that would fit here.
  if (answer === undefined || !isAnswer(answer) || answer.headers["content-type"] !== "application/problem+json") {
    const status = answer?.status ?? 503;
    return { message: ENGLISH, extensions: extensionsOf(status, { mode: "read-only" }), status, headers: {} };
  }
  const { type: _, title: __, instance: ___, detail: message, ...members } = JSON.parse(answer.body!);
  const fields = FIELDS.flatMap((name) => {
    const value = answer.headers[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
  return {
    message,
    extensions: extensionsOf(answer.status, members),
    status: answer.status,
    headers: Object.fromEntries(fields),
  };
}
