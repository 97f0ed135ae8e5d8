/** Gates whose clock stands still, for the tests of `createGate()`. */
import { createGate } from "../../src/gate/gate.ts";
import type { Gate } from "../../src/gate/internals.ts";
import { resolveOptions } from "../../src/gate/options.ts";
import { LANGUAGES } from "../../src/answer/page/languages.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";

/** What the clocks show. */
export const NOON = Date.UTC(2026, 10, 22, 12);

/** A gate whose clock stands at noon; it is on unless the options say otherwise. */
export function gateOf(options: MaintenanceOptions = {}, now: () => number = () => NOON): Gate {
  const { page } = options;
  const copyFor = () => ({
    page: () => "<p>built-in",
    title: "Closed",
    text: "Come back.",
    detail: "Come back.",
    reason: undefined,
  });
  const noticeMessage = (language: number) => `Planned (${language})`;
  const presentMessage = (language: number, mode: string) => `Now ${mode} (${language})`;
  const texts = { copyFor, noticeMessage, presentMessage, ownPage: page, contentSecurityPolicy: "default-src 'none'" };
  return createGate(resolveOptions({ enabled: true, ...options }, { en: LANGUAGES.en! }), texts, {
    now,
    random: () => 0,
  });
}

/** A request of the site. */
export function requestTo(path: string, init?: RequestInit): Request {
  return new Request(`http://site.test${path}`, init);
}

/** What came of a request. */
export interface Answer {
  status: number | undefined;
  body: string | undefined;
  errors: unknown[];
}

/** What a gate with the option makes of a request, and the errors that `onError` heard. */
export async function answerOf(options: MaintenanceOptions, request: Request = requestTo("/")): Promise<Answer> {
  const errors: unknown[] = [];
  const response = gateOf({ onError: (error) => void errors.push(error), ...options })(request);
  await turn();
  return { status: response?.status, body: await response?.text(), errors };
}

/** Lets everything that is pending settle. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What functions of the user throw. */
export const BROKEN = new Error("broken");

/** A function of the user that throws. */
export const thrower = (): never => {
  throw BROKEN;
};

/** The fields of all answers. */
export const COMMON = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after, maintenance-mode",
  "cache-control": "no-store",
  "maintenance-mode": "on",
};
