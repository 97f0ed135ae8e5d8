/// <reference lib="dom" />
import type { ShownPart } from "../../represent.ts";
import { formatPercentage } from "../../../util/percentage.ts";
import { formatDistance, formatInstant } from "./time.ts";

/** How a maintenance stands: `tone` is the name of a colour, never the only sign. */
export interface Standing {
  readonly word: string;
  readonly tone: "open" | "closed" | "reading" | "planned";
}

/** Says in a word how a maintenance stands. */
export function standingOf({ name, window: { mode }, inForce, beginsAt }: ShownPart): Standing {
  if (mode === "off") return { word: name === null ? "Open" : "Off", tone: "open" };
  if (!inForce) return beginsAt === null ? { word: "Ended", tone: "open" } : { word: "Planned", tone: "planned" };
  return mode === "on" ? { word: "Closed", tone: "closed" } : { word: "Read-only", tone: "reading" };
}

/** Says what all maintenances together mean for the site. */
export function headlineOf(parts: readonly ShownPart[]): Standing {
  const inForce = parts.filter((part) => part.inForce);
  const whole = inForce.filter(({ window: { hosts, urls } }) => hosts === undefined && urls === undefined);
  if (whole.some(({ window: { mode } }) => mode === "on")) return { word: "The site is closed", tone: "closed" };
  if (whole.length > 0 && inForce.every(({ window: { mode } }) => mode === "read-only")) {
    return { word: "The site is read-only", tone: "reading" };
  }
  if (inForce.length > 0) {
    const isClosed = inForce.some(({ window: { mode } }) => mode === "on");
    const what = whole.length > 0
      ? "The site is read-only, and parts of it are closed"
      : isClosed
      ? "Parts of the site are closed"
      : "Parts of the site are read-only";
    return { word: what, tone: isClosed ? "closed" : "reading" };
  }
  const isPlanned = parts.some(({ beginsAt }) => beginsAt !== null);
  return { word: "The site is open", tone: isPlanned ? "planned" : "open" };
}

/** The facts of a maintenance, as pairs of a label and a text. */
export function factsOf({ window, inForce, beginsAt, endsAt, overdue }: ShownPart): [label: string, text: string][] {
  const facts: [string, string][] = [];
  const at = (instant: string) => `${formatInstant(instant)} (${formatDistance(instant)})`;
  const { mode, hosts, urls, since, by, expectedEnd, recurring = [], note, owner, admit, bypass } = window;
  if (mode !== "off" && (hosts || urls)) {
    facts.push(["Where", [urls?.join(", "), hosts && `on ${hosts.join(", ")}`].filter(Boolean).join(" ")]);
  }
  if (beginsAt !== null) facts.push(["Begins", at(beginsAt)]);
  if (endsAt !== null) facts.push(["Ends", at(endsAt)]);
  if (mode !== "off" && expectedEnd !== undefined) {
    facts.push([overdue ? "Was expected back" : "Expected back", at(expectedEnd)]);
  }
  for (const { cron, duration, timeZone } of recurring) {
    facts.push(["Repeats", `${cron} for ${duration}, ${timeZone ?? "UTC"}`]);
  }
  if (since !== undefined && (inForce || mode === "off" || by !== undefined)) {
    facts.push(["Set", `${formatInstant(since)} (${formatDistance(since)})${by === undefined ? "" : ` by ${by}`}`]);
  }
  if (owner !== undefined) facts.push(["Held by", `a run: ${owner}`]);
  if (admit) facts.push(["Lets in", `${formatPercentage(admit)} of visitors`]);
  if (bypass) facts.push(["Bypass", "there is a bypass link"]);
  if (note !== undefined) facts.push(["Note", note]);
  return facts;
}

/** The reason as lines, each with its language if it has one. */
export function reasonsOf({ window: { reason } }: ShownPart): { readonly language: string; readonly text: string }[] {
  if (reason === undefined || reason === "") return [];
  if (typeof reason === "string") return [{ language: "", text: reason }];
  return Object.entries(reason).map(([language, text]) => ({ language, text }));
}
