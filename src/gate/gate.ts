import { languagesOf } from "../answer/answer-settings.ts";
import { createAnswerer, type Texts } from "../answer/answers.ts";
import type { Dependencies } from "../answer/kept-answers.ts";
import { isAnswer } from "../answer/response.ts";
import type { MaintenanceContext } from "../types/context.ts";
import type { Explanation } from "../types/decision.ts";
import { INTERNALS_VERSION } from "../util/internals-version.ts";
import { ownOf } from "../util/own.ts";
import { createReporter } from "../util/reporter.ts";
import { type Activation, createActivation } from "./activation.ts";
import { createDecider, type Decider, PASS } from "./decide.ts";
import { type Gate, type GateInternals, INTERNALS } from "./internals.ts";
import type { LiveInternals } from "./live.ts";
import type { MaintenanceNotice, MaintenanceStatus } from "./maintenance.ts";
import { misplacedGate } from "./misplaced.ts";
import { createPassFields } from "./pass-fields.ts";
import { createResponder } from "./respond.ts";
import type { GateSettings } from "./features.ts";

const NOBODY: MaintenanceContext = Object.freeze({ clientIp: undefined, isStaff: undefined });

/**
 * Joins checked options and texts to the gate.
 *
 * @param given The options.
 * @param texts What the answers say.
 * @param dependencies The clock and chance.
 */
export function createGate(given: GateSettings, texts: Texts, dependencies: Dependencies): Gate {
  const settings = ownOf(given);
  const { allowStaff, announce, features, isIgnored, live, onDecision } = settings;
  const { now } = dependencies;
  if (live !== undefined) noteAdmissions(settings, live);
  const reporter = createReporter(settings.onError);
  const { report } = reporter;
  const activation = createActivation(settings, now, reporter);
  const { isActive, isEnabled } = activation;
  const { decide, passesAlways, openLink, isReading } = createDecider(settings, activation, now, reporter);
  const languages = languagesOf(settings);
  const answers = createAnswerer(settings, languages, texts, dependencies, reporter);
  const { respond, respondToForm, notify, observe } = createResponder(
    settings,
    activation,
    openLink,
    answers,
    reporter,
    now,
  );
  const announcer = features.createAnnouncer?.({ live, announce, isIgnored }, activation, languages, texts, now);

  const passOff = onDecision && ((request: Request, ctx: MaintenanceContext) => notify(PASS.off, request, ctx));

  const gate = (request: Request, given?: MaintenanceContext, next?: unknown): Response | undefined => {
    if (typeof next === "function" || typeof given === "function") throw misplacedGate(request, given);
    const ctx = given ?? NOBODY;
    if (!isActive()) {
      if (isUnnoted) noteByHand();
      return passOff?.(request, ctx) as undefined;
    }
    const made = respond(request, ctx, decide(request, ctx));
    if (made !== undefined) return isAnswer(made) ? made.toResponse() : made;
    if (isUnnoted) noteByHand();
    return undefined;
  };

  // Whoever calls the gate knows when a request that it lets through is finished. Here, nobody does.
  let isUnnoted = live !== undefined;
  const noteByHand = () => {
    isUnnoted = false;
    live?.noteCounting("by-hand");
  };

  const status = announcer === undefined || features.createStatus === undefined
    ? createPlainStatus(activation)
    : features.createStatus(settings, activation, announcer, languages, now, report);

  const notice = (request: Request, _ctx?: MaintenanceContext): MaintenanceNotice | undefined => {
    try {
      return announcer?.notice(request);
    } catch (error) {
      report(error);
      return undefined;
    }
  };

  const { header } = announce;
  const internals: GateInternals = Object.freeze({
    version: INTERNALS_VERSION,
    isActive,
    isEnabled,
    observe,
    decide,
    passesAlways,
    respond,
    respondToForm,
    passOff,
    announcement: header === undefined || live === undefined || announcer === undefined
      ? undefined
      : { header, ...announcer },
    passFields: createPassFields(settings, activation, isReading),
    handsOutRequests: [settings.allow, settings.handler503, onDecision, settings.responseType, texts.ownPage]
      .some((option) => typeof option === "function"),
    isInternal: (clientIp) => {
      const tests = [settings, ...activation.inForce()].map(({ isInternal }) => isInternal).filter((test) =>
        test !== undefined
      );
      return tests.length === 0 ? undefined : tests.some((test) => test(clientIp));
    },
    allowStaff,
    live,
    languages,
    report,
  });
  // Frozen, so that setting `enabled` on it, say, is an error and not in vain.
  return Object.freeze(Object.defineProperties(gate, {
    explain: { value: explainerOf(settings, activation, decide, now), enumerable: true },
    notice: { value: notice, enumerable: true },
    status: { value: status, enumerable: true },
    active: { get: isActive, enumerable: true },
    [INTERNALS]: { value: internals },
  })) as Gate;
}

/** Notes for operators why the options let requests pass during maintenance. */
function noteAdmissions({ isInternal, ignoreUrls, reading, bypass, allow }: GateSettings, live: LiveInternals): void {
  if (isInternal !== undefined) live.noteAdmission("internal-ip");
  if (ignoreUrls.length > 0) live.noteAdmission("ignored-url");
  if (bypass !== undefined) live.noteAdmission("bypass");
  if (allow !== undefined) live.noteAdmission("allowed");
  if (reading?.isRead !== undefined || reading?.isWrite !== undefined) live.noteAdmission("safe-method");
}

/** The status of a gate without that feature: what is in force, and no more. */
function createPlainStatus({ isActive, isEnabled, inForce }: Activation): () => Response {
  return () => {
    const mode = !isActive() ? "off" : isEnabled() ? "on" : inForce()[0]?.state.mode ?? "off";
    const status = { mode, phase: mode === "off" ? "off" : "now" } satisfies MaintenanceStatus;
    return Response.json(status, { headers: { "cache-control": "no-cache" } });
  };
}

function explainerOf(
  settings: GateSettings,
  activation: Activation,
  decide: Decider["decide"],
  now: () => number,
): (request: Request, ctx?: MaintenanceContext) => Explanation {
  const decideNow: Decider["decide"] = (request, ctx) => activation.isActive() ? decide(request, ctx) : PASS.off;
  return settings.features.createExplain?.(settings, now, activation, decideNow) ??
    ((request, ctx = NOBODY) => ({ ...decideNow(request, ctx) }));
}
