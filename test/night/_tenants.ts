/** The maintenances of a night with windows: which part of the site each of them closes, and who answers a visitor. */
import type { HistoryEntry } from "../../src/state.ts";

/** A maintenance: the top level, a window for each tenant, and one for the shops of both. */
export type Place = "top" | "a" | "b" | "shop";

export const PLACES: readonly Place[] = ["top", "a", "b", "shop"];

/** What each of them closes. */
export const PARTS: Readonly<Record<Place, { readonly hosts?: readonly string[]; readonly urls?: readonly string[] }>> =
  {
    top: {},
    a: { hosts: ["a.test"] },
    b: { hosts: ["b.test"] },
    shop: { urls: ["/shop/*"] },
  };

/** What a visitor asks for. */
export interface Asked {
  readonly host: string;
  readonly path: string;
  readonly method: string;
}

/** One maintenance in a state: its mode, and the switching that has made it what it is. */
export interface Held {
  readonly mode: "on" | "read-only" | "off";
  readonly by: string;
  /** Its end; none is the latest. */
  readonly end: number;
}

/** All of a state. */
export type Standing = Readonly<Record<Place, Held>>;

const OPEN: Held = { mode: "off", by: "", end: Infinity };

export const ALL_OPEN: Standing = { top: OPEN, a: OPEN, b: OPEN, shop: OPEN };

/** The place of a window by its name. */
export function placeOf(name: string | undefined): Place {
  return name === undefined ? "top" : name as Place;
}

/** What a change has made of its maintenance. */
export function heldAfter({ to, reason, end }: HistoryEntry): Held {
  if (to === "off") return OPEN;
  return { mode: to, by: reason ?? "", end: end === undefined ? Infinity : Date.parse(end) };
}

export function isPartOf(place: Place, { host, path }: Asked): boolean {
  const { hosts, urls } = PARTS[place];
  return (hosts === undefined || hosts.includes(host)) && (urls === undefined || path.startsWith("/shop/"));
}

/** Says by the rules of the documentation who answers a request: the reason of the maintenance, or nothing if it passes. */
export function answerOf(held: Standing, asked: Asked): string | undefined {
  const inForce = PLACES.filter((place) => held[place].mode !== "off" && isPartOf(place, asked)).map((place) =>
    held[place]
  );
  const strictness = ({ mode }: Held) => mode === "on" ? 1 : 0;
  // No two of them end at the same time, but for the top level, which comes first.
  inForce.sort((one, other) =>
    strictness(other) - strictness(one) || (one.end === other.end ? 0 : other.end - one.end)
  );
  return inForce.find(({ mode }) => mode === "on" || asked.method !== "GET")?.by;
}
