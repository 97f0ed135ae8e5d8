import type { Texts } from "../answer/answers.ts";
import type { Languages } from "../answer/languages.ts";
import type { Snapshot } from "./live.ts";
import { chooseReason } from "../answer/reason.ts";
import type { Settings } from "./settings.ts";
import type { MaintenanceNotice } from "./maintenance.ts";

/** Tells of maintenance that begins soon. */
export interface Announcer {
  /** Whether there is anything to tell of now, somewhere on the site at least. */
  isDue(): boolean;
  /** What there is to tell of to who has made a request. */
  notice(request: Request): MaintenanceNotice | undefined;
  /** The value of the header field for the response to a request: a Dictionary (RFC 9651 section 3.2). */
  fieldValue(request: Request): string | undefined;
}

/** Maintenance that was found to begin, and from when on that is known. */
interface Upcoming {
  readonly snapshot: Snapshot;
  readonly from: number;
  readonly start: number;
  readonly end: number | undefined;
  /** What is said of it, in the language at each place. */
  readonly messages: string[];
}

/**
 * Makes what tells of maintenance that begins soon.
 *
 * @param settings The options, with a live state.
 * @param languages The languages to choose from.
 * @param texts What is said.
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

  /** What begins next. Finding a window that comes back takes a while, so what was found is kept until it begins. */
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

  /** What is due on the part of the site that a request is for. */
  function findFor({ url }: Request): Upcoming | undefined {
    const upcoming = findDue();
    if (upcoming === undefined) return undefined;
    const { snapshot } = upcoming;
    const isOpen = snapshot.appliesTo?.(url) === false || isIgnored?.(url) === true ||
      snapshot.isIgnored?.(url) === true;
    return isOpen ? undefined : upcoming;
  }

  function messageFor({ messages, start, end }: Upcoming, language: number): string {
    return messages[language] ??= noticeMessage(language, start, end);
  }

  return {
    isDue: () => findDue() !== undefined,
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
