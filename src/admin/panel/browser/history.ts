/// <reference lib="dom" />
import type { HistoryEntry } from "../../../types/history.ts";
import { ask } from "./api.ts";
import { find, make } from "./dom.ts";
import { formatDuration, formatInstant } from "./time.ts";

/** Shows the last changes, if the store keeps them. */
export async function showHistory(): Promise<void> {
  const answer = await ask<{ entries: readonly HistoryEntry[] | null }>("GET", "history");
  if ("problem" in answer) return;
  const { entries } = answer.body;
  find("history-section").hidden = entries === null;
  find("no-history").hidden = entries === null || entries.length > 0;
  find("history").replaceChildren(...(entries ?? []).map(showEntry));
}

function showEntry({ at, by, window, what, fields = [], note, start, recurring, lastedMs }: HistoryEntry): HTMLElement {
  const isLater = recurring !== undefined || start !== undefined && Date.parse(start) > Date.parse(at);
  const done: Record<string, string> = {
    on: isLater ? "planned" : "closed",
    "read-only": isLater ? "planned as read-only" : "made read-only",
    off: "opened",
    changed: "changed",
  };
  const more = what === "changed" && fields.length > 0 ? `: ${fields.join(", ")}` : "";
  const after = lastedMs === undefined ? "" : ` after ${formatDuration(lastedMs)}`;
  return make(
    "li",
    {},
    make("time", { datetime: at }, formatInstant(at)),
    ` ${window ?? "Whole site"} `,
    make("b", {}, done[what] ?? what),
    `${more}${after} by ${by}`,
    ...note === undefined ? [] : [make("p", { class: "muted" }, note)],
  );
}
