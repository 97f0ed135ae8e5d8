import type { Texts } from "../answer/answers.ts";
import type { Languages } from "../answer/languages.ts";
import type { Snapshot } from "./live.ts";
import { chooseReason } from "../answer/reason.ts";
import type { Settings } from "./settings.ts";
import type { MaintenanceNotice } from "./maintenance.ts";

/** Announces maintenance that begins soon. */
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

/** The next maintenance, and from when on it is known to be the next. */
export interface Upcoming {
  readonly snapshot: Snapshot;
  readonly from: number;
  readonly start: number;
  readonly end: number | undefined;
  /** The sentence about it, in the language at each index. */
  readonly messages: string[];
}

/**
 * Makes an {@link Announcer}.
 *
 * @param settings The options, with a live state.
 * @param languages The languages to choose from.
 * @param texts What the notices say.
 * @param now The clock, in milliseconds since 1970.
 */
export function createAnnouncer(
  { live, announce, isIgnored }: Pick<Settings, "live" | "announce" | "isIgnored">,
  languages: Languages,
  { noticeMessage }: Pick<Texts, "noticeMessage">,
  now: () => number,
): Announcer {
  const beforeMs = announce.before * 1_000;
  let last: Upcoming | undefined;

  /** The next maintenance. Finding a recurring window takes a while, so it is kept until it begins. */
  function find(snapshot: Snapshot, at: number): Upcoming | undefined {
    if (last?.snapshot === snapshot && at >= last.from && at < last.start) return last;
    const start = snapshot.startsAt(at);
    if (start === undefined) return undefined;
    return last = { snapshot, from: at, start, end: snapshot.endsAt(start), messages: [] };
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
    const isOpen = snapshot.appliesTo?.(request) === false || isIgnored?.(request) === true ||
      snapshot.isIgnored?.(request) === true;
    return isOpen ? undefined : upcoming;
  }

  function messageFor({ messages, start, end }: Upcoming, language: number): string {
    return messages[language] ??= noticeMessage(language, start, end);
  }

  return {
    isDue: () => findDue() !== undefined,
    upcoming: findDue,
    notice(request) {
      const upcoming = findFor(request);
      if (upcoming === undefined) return undefined;
      const { start, end, snapshot } = upcoming;
      const language = languages.choose(request.headers.get("accept-language"));
      return Object.freeze({
        start: new Date(start),
        end: end === undefined ? undefined : new Date(end),
        reason: chooseReason(snapshot.state.reason, languages.tags[language]!)?.text,
        message: messageFor(upcoming, language),
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

/** A Date of a structured field, in whole seconds: RFC 9651 section 3.3.7. */
function dateItem(ms: number): string {
  return `@${Math.floor(ms / 1_000)}`;
}
