/// <reference lib="dom" />
import type { ShownPart } from "../../represent.ts";
import { type Answer, ask, pathOf, type Problem } from "./api.ts";
import { find, write } from "./dom.ts";
import { addReason, fill, read, recurringRow } from "./fields.ts";
import { toLocalInput } from "./time.ts";
import { standingOf } from "./words.ts";

/** The window that the form shows, as it was when the form was opened; `etag` is `null` for a new one. */
let shown: { readonly part: ShownPart; etag: string | null } | undefined;

const NEW: ShownPart = {
  name: "",
  window: { mode: "on" },
  inForce: false,
  beginsAt: null,
  endsAt: null,
  overdue: false,
  etag: "",
};

const dialog = find<HTMLDialogElement>("edit");

/** Opens the form for a window, or for a new one. */
export function openEditor(part: ShownPart | undefined, mode?: "on" | "read-only"): void {
  shown = { part: part ?? NEW, etag: part?.etag ?? null };
  const isNew = part === undefined;
  write(find("edit-title"), isNew ? "New window" : part.name ?? "Whole site");
  // What has ended begins anew.
  const isOver = part !== undefined && part.window.mode !== "off" && !part.inForce && part.beginsAt === null;
  const { start: _start, end: _end, expectedEnd: _expectedEnd, ...withoutTimes } = shown.part.window;
  fill(isOver ? { ...part, window: withoutTimes } : shown.part, isNew);
  find("mode-off").parentElement!.hidden = isNew;
  setMode(mode ?? shown.part.window.mode);
  say("");
  dialog.showModal();
  // The switch is what people came for; a new window needs a name first.
  find(isNew ? "name" : `mode-${currentMode()}`).focus();
}

function setMode(mode: string): void {
  find<HTMLInputElement>(`mode-${mode}`).checked = true;
  label();
}

function currentMode(): string {
  return (document.querySelector<HTMLInputElement>('input[name="mode"]:checked'))!.value;
}

/** Says on the button what it will do. */
function label(): void {
  const mode = currentMode();
  find("times").hidden = mode === "off";
  const isNamed = shown !== undefined && shown.part.name !== null;
  const start = find<HTMLInputElement>("start").value;
  const isLater = start !== "" && Date.parse(start) > Date.now() || find("recurring").children.length > 0;
  const word = mode === "off"
    ? isNamed ? "Remove it" : "Save"
    : isLater
    ? "Plan it"
    : mode === "on"
    ? "Close now"
    : "Make read-only now";
  write(
    find("apply"),
    shown !== undefined && shown.etag !== null && shown.part.inForce && shown.part.window.mode === mode ? "Save" : word,
  );
}

function say(text: string): void {
  const alert = find("edit-alert");
  write(alert, text);
  alert.hidden = text === "";
}

/** The field that a path of the state is about. */
function fieldOf(path: string | undefined): HTMLElement | null {
  const name = /^\$\.([A-Za-z]+)/.exec(path ?? "")?.[1];
  return name === undefined ? null : document.getElementById(name === "reason" ? "reasons" : name);
}

/** Says what is wrong in the words of the form, as far as it has the field. */
function explain({ detail, path, expected, received, hint }: Problem): string {
  const label = (fieldOf(path) as HTMLInputElement | null)?.labels?.[0]?.textContent;
  if (label == null || expected === undefined) return detail;
  // The form shows local times, and the server speaks of UTC.
  if (expected.startsWith("later than the start")) return `"${label}" must be later than the start`;
  const but = received === undefined ? "" : `, received ${received}`;
  return `"${label}" must be ${expected}${but}${hint === undefined ? "" : `: ${hint}`}`;
}

function mark(path: string | undefined): void {
  for (const field of dialog.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const field = fieldOf(path);
  if (field === null) return;
  const more = find<HTMLDetailsElement>("more");
  if (more.contains(field)) more.open = true;
  const input = field.matches("input,textarea") ? field : field.querySelector("input");
  input?.setAttribute("aria-invalid", "true");
  (input as HTMLElement | null)?.focus();
}

async function apply(): Promise<void> {
  const name = shown!.etag === null ? find<HTMLInputElement>("name").value.trim() : shown!.part.name;
  if (name === "") return void (say("Give the window a name"), mark("$.name"));
  const button = find<HTMLButtonElement>("apply");
  button.disabled = true;
  const answer: Answer<ShownPart> = await ask("PUT", pathOf(name), shown!.etag, read(currentMode()));
  button.disabled = false;
  if (!("problem" in answer)) return dialog.close();
  const { status, detail, path, current } = answer.problem;
  if (status !== 412) {
    say(explain(answer.problem));
    return mark(path);
  }
  shown!.etag = current?.etag ?? null;
  const now = current == null
    ? "It is gone now"
    : `It is now ${standingOf(current).word.toLowerCase()}${
      current.window.by === undefined ? "" : `, set by ${current.window.by}`
    }`;
  say(`${detail}. ${now}. Your changes are still here: send them again to replace it`);
}

/** Connects the form. */
export function connectEditor(): void {
  find<HTMLFormElement>("edit-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void apply();
  });
  dialog.addEventListener("change", label);
  find("add-reason").addEventListener("click", () => addReason("", "").querySelector("input")!.focus());
  find("add-repeat").addEventListener("click", () => {
    const row = recurringRow({ cron: "", duration: "1h" });
    find("recurring").append(row);
    row.querySelector("input")!.focus();
    label();
  });
  find("cancel").addEventListener("click", () => dialog.close());
  for (const chip of document.querySelectorAll<HTMLElement>("[data-minutes]")) {
    chip.addEventListener("click", () => {
      const start = find<HTMLInputElement>("start").value;
      const from = Math.max(Date.now(), start === "" ? 0 : Date.parse(start));
      // The field has no seconds: rounded up.
      const end = new Date(from + Number(chip.dataset["minutes"]) * 60_000 + 59_999);
      find<HTMLInputElement>(chip.dataset["for"]!).value = toLocalInput(end.toISOString());
    });
  }
}
