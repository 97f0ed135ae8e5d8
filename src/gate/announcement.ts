import type { Texts } from "../answer/answers.ts";
import { announcedEnd } from "../util/expected-end.ts";
import type { Languages } from "../answer/languages.ts";
import { chooseReason } from "../answer/reason.ts";
import type { Activation } from "./activation.ts";
import type { Snapshot, SnapshotGroup, StateSnapshot } from "./live.ts";
import type { MaintenanceNotice } from "./maintenance.ts";
import { everyUrl, someUrl } from "./request-urls.ts";
import type { Settings } from "./settings.ts";

/** Tells of maintenance that begins soon or is in force. */
export interface Announcer {
  /** Whether maintenance begins soon, somewhere on the site at least. */
  isDue(): boolean;
  /**
   * The maintenances that begin soon, the first one first.
   *
   * @param url Without those of other hosts than that of a URL.
   */
  upcoming(url?: string): Upcoming[];
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

/** A maintenance that begins soon. */
export interface Upcoming extends Occasion {
  readonly snapshot: Snapshot;
  readonly start: number;
}

/** The maintenances of a state that begin soon, and from when until when it is these. */
interface Due {
  readonly of: StateSnapshot;
  readonly from: number;
  readonly to: number;
  readonly group: SnapshotGroup;
  readonly occasions: ReadonlyMap<Snapshot, Upcoming>;
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
  { isActive, isEnabled, inForceFor }: Activation,
  languages: Languages,
  { noticeMessage, presentMessage }: Pick<Texts, "noticeMessage" | "presentMessage">,
  now: () => number,
): Announcer {
  const beforeMs = announce.before * 1_000;
  let last: Due | undefined;

  function describe(snapshot: Snapshot, start: number): Upcoming {
    const end = announcedEnd(snapshot.state, snapshot.endsAt(start), start);
    const mode = snapshot.state.mode === "read-only" ? "read-only" : "on";
    const messages: string[] = [];
    const messageIn = (language: number) => messages[language] ??= noticeMessage(language, start, end);
    return { phase: "planned", mode, snapshot, start, end, messageIn };
  }

  /** Finds out which maintenances begin soon. Finding a recurring window takes a while, so they are kept until others do. */
  function find(of: StateSnapshot, from: number): Due {
    let to = Infinity;
    const occasions: Upcoming[] = [];
    for (const snapshot of of.all) {
      const start = snapshot.startsAt(from);
      if (start === undefined) to = Math.min(to, snapshot.changesAt(from));
      else if (start - from > beforeMs) to = Math.min(to, start - beforeMs);
      else {
        to = Math.min(to, start);
        const known = last?.occasions.get(snapshot);
        occasions.push(known?.start === start ? known : describe(snapshot, start));
      }
    }
    occasions.sort((a, b) => a.start - b.start);
    const group = of.group(occasions.map(({ snapshot }) => snapshot));
    return { of, from, to, group, occasions: new Map(occasions.map((each) => [each.snapshot, each])) };
  }

  function findDue(): Due | undefined {
    const snapshot = live?.snapshot;
    if (snapshot?.isInForce === undefined) return undefined;
    const at = now();
    if (last?.of !== snapshot || at < last.from || at >= last.to) last = find(snapshot, at);
    return last;
  }

  function upcoming(url?: string): Upcoming[] {
    const due = findDue();
    if (due === undefined || due.group.list.length === 0) return [];
    const { list } = due.group;
    const concerned = url === undefined ? list.filter(({ hosts }) => hosts === undefined) : due.group.near(url);
    return concerned.map((snapshot) => due.occasions.get(snapshot)!);
  }

  /** The maintenance that will close the URL of a request soon. */
  function findFor(request: Request): Upcoming | undefined {
    return upcoming(request.url).find(({ snapshot }) => !isElsewhere(request, snapshot) && !isOpen(request, snapshot));
  }

  /** Whether a maintenance is about another part of the site than the URL of a request. */
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
    const windows = inForceFor(request);
    const snapshot = windows.find((window) => !isOpen(request, window));
    if (snapshot === undefined && (windows.length > 0 || !isEnabled() || isOpen(request, undefined))) return undefined;
    const mode = !isEnabled() && snapshot?.state.mode === "read-only" ? "read-only" : "on";
    // Recurring maintenance begins earlier than the time at which it is in force now.
    const begin = snapshot?.state.recurring === undefined ? snapshot?.state.start : undefined;
    const start = begin === undefined ? undefined : Date.parse(begin);
    const end = snapshot && announcedEnd(snapshot.state, snapshot.endsAt(now()), now());
    return { phase: "now", mode, snapshot, start, end, messageIn: (language) => presentMessage(language, mode, end) };
  }

  return {
    isDue: () => (findDue()?.group.list.length ?? 0) > 0,
    upcoming,
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
