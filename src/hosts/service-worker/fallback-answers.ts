import { invalidOption } from "../../util/errors.ts";
import { createConsoleReporter } from "../../util/console-reporter.ts";
import { quote, received } from "../../util/received.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import type { MaintenanceOptions } from "../../gate/maintenance-options.ts";
import { maintenanceMode } from "../../maintenance.ts";

/** Options of `maintenanceMode` that shape its answers; who passes and with which status is not for them to say here. */
export type FallbackAnswers = Omit<
  MaintenanceOptions,
  | "enabled"
  | "state"
  | "ignoreUrls"
  | "internalIps"
  | "allowStaff"
  | "allow"
  | "statusCode"
  | "redirectUrl"
  | "responseType"
  | "bypassSecret"
  | "bypassDomain"
  | "announce"
  | "onDecision"
>;

/** What is answered in the origin's place. */
export interface FallbackAnswerer {
  /**
   * Makes an answer.
   *
   * @param request What was asked for.
   * @param wanted What is to be answered.
   * @param status The status.
   * @param ownPage One's own page, if it has been kept.
   */
  answer(request: Request, wanted: Variant, status: number, ownPage: string | undefined): Response | undefined;
  /** Tells of an error in all this. It never throws. */
  report(error: unknown): void;
}

/** What a request is answered with in the origin's place: a page, or what a program reads. */
export type Variant = "page" | "data";

const TASK = "stand in for the origin";

const REFUSED: Readonly<Record<string, string>> = {
  statusCode: "the status is what the network said, and 503 where it said nothing",
  redirectUrl: "what cannot be reached cannot be redirected to",
  responseType: "navigations get the page, programs what they accept",
};

const REFUSED_NAMES = [
  "enabled",
  "state",
  "ignoreUrls",
  "internalIps",
  "allowStaff",
  "allow",
  "bypassSecret",
  "bypassDomain",
  "announce",
  "onDecision",
];

/**
 * Prepares the answers: one gate for each status, made when it is first needed.
 *
 * @param options Options of `maintenanceMode`.
 * @param hasOwnPage Whether one's own page comes in place of the built-in one.
 * @throws {TypeError} If an option is not valid.
 */
export function createStandInAnswerer(options: FallbackAnswers, hasOwnPage: boolean): FallbackAnswerer {
  checkAnswers(options, hasOwnPage);
  const report = createReporter(options.onError);
  let kept: string | undefined;
  const page = () => {
    if (kept === undefined) throw new Error("the page that was kept is gone: the browser may have needed the space");
    return kept;
  };
  const gates = new Map<number, Maintenance>();
  function gateFor(statusCode: number): Maintenance {
    let gate = gates.get(statusCode);
    if (gate === undefined) {
      gate = maintenanceMode({ ...options, ...(hasOwnPage && { page }), enabled: true, statusCode });
      gates.set(statusCode, gate);
    }
    return gate;
  }
  // What is not valid throws while the worker starts, not when the first visitor finds the site closed.
  gateFor(503);

  return {
    answer(request, wanted, status, ownPage) {
      kept = ownPage;
      return gateFor(status)(asSent(request, wanted));
    },
    report,
  };
}

function checkAnswers(options: FallbackAnswers, hasOwnPage: boolean): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalidOption(TASK, "answers", "options of maintenanceMode()", options);
  }
  for (const name of Object.keys(options)) {
    const why = REFUSED_NAMES.includes(name) ? "everybody gets the answer" : REFUSED[name];
    if (why !== undefined) throw new TypeError(`Cannot ${TASK}: "answers" must not hold ${quote(name)}: ${why}`);
  }
  for (const name of ["page", "handler503"] as const) {
    if (!hasOwnPage || options[name] === undefined) continue;
    throw new TypeError(
      `Cannot ${TASK}: "answers" must not hold "${name}" beside "pageUrl", received ${received(options[name])}: ` +
        "either of them is the page",
    );
  }
}

function createReporter(onError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  const toConsole = createConsoleReporter();
  return (error) => {
    try {
      (onError ?? toConsole)(error);
    } catch (failure) {
      toConsole(failure, "onError");
    }
  };
}

/** The request as a server would have received it: the browser adds some fields only when it sends one. */
function asSent({ url, method, headers: given }: Request, wanted: Variant): Request {
  const headers = new Headers(given);
  if (wanted === "page") headers.set("accept", "text/html");
  // A script that says nothing of its own accepts anything, and can read JSON best.
  else if (!/json|text\/(?:html|plain)/i.test(given.get("accept") ?? "")) {
    headers.set("accept", "application/problem+json");
  }
  if (!headers.has("accept-language")) headers.set("accept-language", navigator.languages.join(","));
  return new Request(url, { method, headers });
}
