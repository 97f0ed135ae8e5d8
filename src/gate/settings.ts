import type { AnswerSettings } from "../answer/answer-settings.ts";
import type { Bypass } from "../bypass/bypass.ts";
import type { IpTest } from "../match/ip/ip-ranges.ts";
import type { RequestTest } from "../match/url/methods.ts";
import type { UrlPattern } from "../match/url/types.ts";
import type { LiveInternals } from "./live.ts";
import type { MaintenanceOptions } from "./maintenance-options.ts";

/** What counts as reading and as writing while the site is read-only, beside the methods. */
export interface Reading {
  /** The test of `reads`, if there are any. */
  readonly isRead: RequestTest | undefined;
  /** The test of `writes`, if there are any. */
  readonly isWrite: RequestTest | undefined;
  /** The patterns as they were given, for explanations. */
  readonly reads: readonly UrlPattern[];
  /** The same of `writes`. */
  readonly writes: readonly UrlPattern[];
}

/** Options that were checked, with everything prepared that can be prepared. */
export interface Settings extends AnswerSettings, Pick<MaintenanceOptions, "allow" | "bypassDomain" | "onDecision"> {
  readonly enabled: boolean | (() => boolean);
  /** What the gate reads of the live state. */
  readonly live: LiveInternals | undefined;
  readonly allowStaff: boolean;
  /** Told of each error, and of the option whose function it was in. */
  readonly onError: (error: unknown, option?: string) => void;
  /** The test of `internalIps`, if there are any. */
  readonly isInternal: IpTest | undefined;
  /** The ranges as they were given, for explanations. */
  readonly internalIps: readonly string[];
  /** The test of `ignoreUrls` and of a target of `redirectUrl` on this site, if there are any. */
  readonly isIgnored: RequestTest | undefined;
  /** The patterns as they were given, for explanations. */
  readonly ignoreUrls: readonly UrlPattern[];
  /** The options `reads` and `writes`; the tiny gate has none. */
  readonly reading?: Reading;
  /** What `bypassSecret` lets in; `maintenanceMode` adds it. */
  readonly bypass?: Bypass | undefined;
  /** Whether caches that others share are kept from keeping what visitors get who were let in. */
  readonly admittedCaching: "no-store" | "leave";
  /** How many seconds before its start maintenance is announced, and the header field that announces it, if any. */
  readonly announce: { readonly before: number; readonly header: string | undefined };
}
