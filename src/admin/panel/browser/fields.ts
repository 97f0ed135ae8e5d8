/// <reference lib="dom" />
import type { RecurringWindow } from "../../../types/maintenance-state.ts";
import type { ShownPart, ShownWindow } from "../../represent.ts";
import { find, make } from "./dom.ts";
import { fromLocalInput, toLocalInput, ZONE } from "./time.ts";

/** The fields of the form that hold a list, one element a line. */
const LISTS = ["urls", "hosts", "internalIps", "ignoreUrls", "reads", "writes"] as const;

/** The fields that hold an instant. */
const TIMES = ["start", "end", "expectedEnd"] as const;

/** Fills the form with a window. */
export function fill({ name, window }: ShownPart, isNew: boolean): void {
  find<HTMLInputElement>("name").value = name ?? "";
  find("name-row").hidden = !isNew;
  for (const list of LISTS) find<HTMLTextAreaElement>(list).value = (window[list] ?? []).join("\n");
  for (const time of TIMES) {
    const field = find<HTMLInputElement>(time);
    field.value = toLocalInput(window[time]);
    field.dataset["instant"] = window[time] ?? "";
  }
  find<HTMLInputElement>("admit").value = window.admit === undefined
    ? ""
    : String(Number((window.admit * 100).toPrecision(6)));
  find<HTMLInputElement>("status").value = window.status === undefined ? "" : String(window.status);
  find<HTMLInputElement>("retryAfter").value = window.retryAfter === undefined ? "" : String(window.retryAfter);
  find<HTMLTextAreaElement>("note").value = window.note ?? "";
  find<HTMLInputElement>("bypass").checked = window.bypass === true;
  find("bypass-row").hidden = window.bypass !== true;
  const { reason } = window;
  find("reasons").replaceChildren();
  if (typeof reason === "object") { for (const [language, text] of Object.entries(reason)) addReason(language, text); }
  else addReason("", reason ?? "");
  find("recurring").replaceChildren(...(window.recurring ?? []).map(recurringRow));
  find<HTMLDetailsElement>("more").open = false;
}

/** Adds a field for the reason in one language. */
export function addReason(language: string, text: string): HTMLElement {
  const row: HTMLElement = make(
    "div",
    { class: "reason" },
    make("input", {
      "aria-label": "Language",
      placeholder: "en",
      size: "6",
      maxlength: "35",
      autocapitalize: "none",
      spellcheck: "false",
      value: language,
    }),
    make("textarea", { "aria-label": "Reason for visitors", rows: "2", dir: "auto" }, text),
    remover("Remove this reason", () => row.remove()),
  );
  find("reasons").append(row);
  return row;
}

/** Makes the fields for a recurring window. */
export function recurringRow({ cron, duration, timeZone }: RecurringWindow): HTMLElement {
  const field = (label: string, value: string, hint: string) =>
    make("label", {}, label, make("input", { value, placeholder: hint, autocapitalize: "none", spellcheck: "false" }));
  const row: HTMLElement = make(
    "div",
    { class: "repeat" },
    field("Cron", cron, "0 1 * * SUN"),
    field("For", duration, "1h"),
    field("Time zone", timeZone ?? ZONE, "Europe/Amsterdam"),
    remover("Remove this repetition", () => row.remove()),
  );
  return row;
}

function remover(label: string, remove: () => void): HTMLElement {
  return make("button", { type: "button", class: "plain remove", "aria-label": label, onclick: remove }, "✕");
}

/** Reads the window that the form holds. */
export function read(mode: string): Omit<ShownWindow, "mode"> & { mode: string } {
  const lines = (id: string) =>
    find<HTMLTextAreaElement>(id).value.split("\n").map((line) => line.trim()).filter(Boolean);
  const text = (id: string) => find<HTMLInputElement>(id).value.trim();
  const window: Record<string, unknown> = { mode };
  const set = (name: string, value: unknown) => {
    if (value !== undefined && value !== "") window[name] = value;
  };
  set("reason", readReason());
  // Off has no times: it holds until somebody turns maintenance on.
  if (mode !== "off") {
    for (const time of TIMES) set(time, readTime(find(time)));
    const recurring = [...find("recurring").children].map((row) => {
      const [cron, duration, timeZone] = [...row.querySelectorAll("input")].map(({ value }) => value.trim());
      return { cron, duration, ...(timeZone !== "" && { timeZone }) };
    });
    if (recurring.length > 0) window["recurring"] = recurring;
  }
  for (const list of LISTS) {
    const elements = lines(list);
    if (elements.length > 0) window[list] = elements;
  }
  if (text("admit") !== "") window["admit"] = Number((Number(text("admit")) / 100).toPrecision(8));
  if (text("status") !== "") window["status"] = Number(text("status"));
  const retryAfter = text("retryAfter");
  set("retryAfter", /^\d+$/.test(retryAfter) ? Number(retryAfter) : retryAfter);
  set("note", find<HTMLTextAreaElement>("note").value.trim());
  if (find<HTMLInputElement>("bypass").checked) window["bypass"] = true;
  return window as ReturnType<typeof read>;
}

/** The instant of a field. One that nobody has touched keeps its seconds, which the field does not show. */
function readTime({ value, dataset }: HTMLInputElement): string | undefined {
  const given = dataset["instant"]!;
  return given !== "" && value === toLocalInput(given) ? given : fromLocalInput(value);
}

function readReason(): string | Record<string, string> | undefined {
  const rows = [...find("reasons").children].map((row) => ({
    language: row.querySelector("input")!.value.trim(),
    text: row.querySelector("textarea")!.value.trim(),
  })).filter(({ text }) => text !== "");
  const [only] = rows;
  if (only === undefined) return undefined;
  if (rows.length === 1 && only.language === "") return only.text;
  // A text without a language among others is English, as this page is.
  return Object.fromEntries(rows.map(({ language, text }) => [language || "en", text]));
}
