import type { Texts } from "../answer/answers.ts";
import { announcedEnd } from "../answer/expected-end.ts";
import type { Languages } from "../answer/languages.ts";
import { chooseReason } from "../answer/reason.ts";
import type { Activation } from "./activation.ts";
import type { Snapshot } from "./live.ts";
import type { MaintenanceNotice } from "./maintenance.ts";
import { everyUrl, someUrl } from "./request-urls.ts";
import type { Settings } from "./settings.ts";

/** Tells of maintenance that begins soon or is in force. */
export interface Announcer {
  /** Whether maintenance begins soon, somewhere on the site at least. */
  isDue(): boolean;
  /** The maintenance that begins soon, somewhere on the site at least. */
  upcoming(): Upcoming | undefined;
  /** The notice for a request. */
  notice(request: Request): MaintenanceNotice | undefined;
  /** The value of the header field for the response to a request: a Dictionary (RFC 9651 section 3.2). */
  fieldValue(request: Request): string | undefined;
}

/** What a notice tells of, with times in milliseconds since 1970. */
interface Occasion extends Pick<MaintenanceNotice, "phase" | "mode"> {
  /** The state that says so, if the option `enabled` does not say it alone. */
  readonly snapshot: Snapshot | undefined;
  readonly start: number | undefined;
  readonly end: number | undefined;
  /** The sentence about it, in the language at an index. */
  messageIn(language: number): string;
}

/** The next maintenance, and from when on it is known to be the next. */
export interface Upcoming extends Occasion {
  readonly snapshot: Snapshot;
  readonly start: number;
  readonly from: number;
}

/**
 * Makes an {@link Announcer}.
 *
 * @param settings The options.
 * @param activation What is in force.
 * @param languages The languages to choose from.
 * @param texts What the notices say.
 * @param now The clock, in milliseconds since 1970.
 */
export function createAnnouncer(
  { live, announce, isIgnored }: Pick<Settings, "live" | "announce" | "isIgnored">,
  { isActive, isEnabled, stateInForce, stateFor }: Activation,
  languages: Languages,
  { noticeMessage, presentMessage }: Pick<Texts, "noticeMessage" | "presentMessage">,
  now: () => number,
): Announcer {
  const beforeMs = announce.before * 1_000;
  let last: Upcoming | undefined;

  /** The next maintenance. Finding a recurring window takes a while, so it is kept until it begins. */
  function find(snapshot: Snapshot, at: number): Upcoming | undefined {
    if (last?.snapshot === snapshot && at >= last.from && at < last.start) return last;
    const start = snapshot.startsAt(at);
    if (start === undefined) return undefined;
    const end = announcedEnd(snapshot.state, snapshot.endsAt(start), start);
    const mode = snapshot.state.mode === "read-only" ? "read-only" : "on";
    const messages: string[] = [];
    const messageIn = (language: number) => messages[language] ??= noticeMessage(language, start, end);
    return last = { phase: "planned", mode, snapshot, start, end, from: at, messageIn };
  }

  function findDue(): Upcoming | undefined {
    const snapshot = live?.snapshot;
    if (snapshot?.isInForce === undefined) return undefined;
    const at = now();
    const upcoming = find(snapshot, at);
    return upcoming !== undefined && upcoming.start - at <= beforeMs ? upcoming : undefined;
  }

  /** The maintenance that will close the URL of a request soon. */
  function findFor(request: Request): Upcoming | undefined {
    const upcoming = findDue();
    if (upcoming === undefined) return undefined;
    const { snapshot } = upcoming;
    return isElsewhere(request, snapshot) || isOpen(request, snapshot) ? undefined : upcoming;
  }

  /** Whether a state is about another part of the site than the URL of a request. */
  function isElsewhere(request: Request, { appliesTo }: Snapshot): boolean {
    return appliesTo !== undefined && !someUrl(request, appliesTo);
  }

  /** Whether everybody may make a request during maintenance, because its URL is ignored. */
  function isOpen(request: Request, state: Snapshot | undefined): boolean {
    return everyUrl(request, (each) => isIgnored?.(each) || state?.isIgnored?.(each) || false);
  }

  /** The maintenance that is in force for the URL of a request. */
  function findPresent(request: Request): Occasion | undefined {
    if (!isActive()) return undefined;
    const state = stateInForce();
    if (!isEnabled() && (state === undefined || isElsewhere(request, state))) return undefined;
    if (isOpen(request, state)) return undefined;
    const snapshot = stateFor(request);
    const mode = !isEnabled() && snapshot?.state.mode === "read-only" ? "read-only" : "on";
    // A state with recurring windows begins earlier than the window that is in force.
    const begin = snapshot?.state.recurring === undefined ? snapshot?.state.start : undefined;
    const start = begin === undefined ? undefined : Date.parse(begin);
    const end = snapshot && announcedEnd(snapshot.state, snapshot.endsAt(now()), now());
    return { phase: "now", mode, snapshot, start, end, messageIn: (language) => presentMessage(language, mode, end) };
  }

  return {
    isDue: () => findDue() !== undefined,
    upcoming: findDue,
    notice(request) {
      const occasion = findPresent(request) ?? findFor(request);
      if (occasion === undefined) return undefined;
      const { phase, mode, start, end, snapshot } = occasion;
      const language = languages.choose(request.headers.get("accept-language"));
      return Object.freeze({
        phase,
        mode,
        start: dateOf(start),
        end: dateOf(end),
        reason: chooseReason(snapshot?.state.reason, languages.tags[language]!)?.text,
        message: occasion.messageIn(language),
      });
    },
    fieldValue(request) {
      const upcoming = findFor(request);
      if (upcoming === undefined) return undefined;
      const { start, end } = upcoming;
      return `start=${dateItem(start)}${end === undefined ? "" : `, end=${dateItem(end)}`}`;
    },
  };
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

/** A Date of a structured field, in whole seconds: RFC 9651 section 3.3.7. */
function dateItem(ms: number): string {
  return `@${Math.floor(ms / 1_000)}`;
}
