/// <reference lib="dom" />
import type { ShownPart } from "../../represent.ts";
import { type Answer, ask, pathOf } from "./api.ts";
import { find, write } from "./dom.ts";

const dialog = find<HTMLDialogElement>("ask");

let act: (() => Promise<Answer<unknown>>) | undefined;

function open(title: string, text: string, button: string, run: () => Promise<Answer<unknown>>): void {
  write(find("ask-title"), title);
  write(find("ask-text"), text);
  write(find("ask-yes"), button);
  find("ask-alert").hidden = true;
  act = run;
  dialog.showModal();
}

/** Asks whether to open what a maintenance closes. A window is removed then. */
export function askToOpen(part: ShownPart): void {
  const { name, inForce, window: { owner, mode, recurring } } = part;
  if (name === null && mode === "off") return;
  const held = owner === undefined ? "" : " A run holds it, and may be migrating right now.";
  const opens = inForce ? "Visitors get in at once, where nothing else is closed. " : "";
  const lost = recurring === undefined ? "" : " and it does not come again";
  open(
    name === null ? "Open the site?" : mode === "off" ? `Remove ${name}?` : `End ${name}?`,
    `${opens}The reason and all other settings are gone then${lost}.${held}`,
    name === null ? "Open the site" : mode === "off" ? "Remove it" : "End it",
    () => ask("DELETE", pathOf(name), part.etag),
  );
}

/** Asks whether to make a bypass link, and shows it once. */
export function askForBypass(part: ShownPart): void {
  const old = part.window.bypass ? " The link from before stops working." : "";
  open("Make a bypass link?", `Everybody who opens it gets in.${old} It is shown once.`, "Make the link", async () => {
    const answer = await ask<{ link: string }>("POST", `${pathOf(part.name)}/bypass`, part.etag);
    if (!("problem" in answer)) showLink(answer.body.link);
    return answer;
  });
}

function showLink(link: string): void {
  const field = find<HTMLInputElement>("link");
  const url = new URL(link);
  // Behind a proxy that ends TLS, the server knows the scheme only from there.
  if (url.host === location.host) url.protocol = location.protocol;
  field.value = url.href;
  write(find("copied"), "");
  find<HTMLDialogElement>("secret").showModal();
  field.select();
}

async function copy(): Promise<void> {
  const field = find<HTMLInputElement>("link");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    write(find("copied"), "Copied");
  } catch {
    // Without TLS, browsers keep the clipboard from pages.
    write(find("copied"), document.execCommand("copy") ? "Copied" : "Copy it by hand: it is selected");
  }
}

/** Connects the questions. */
export function connectQuestions(): void {
  find("ask-no").addEventListener("click", () => dialog.close());
  find<HTMLFormElement>("ask-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = find<HTMLButtonElement>("ask-yes");
    button.disabled = true;
    const answer = await act!();
    button.disabled = false;
    if (!("problem" in answer)) return dialog.close();
    const alert = find("ask-alert");
    write(
      alert,
      answer.problem.status === 412 ? `${answer.problem.detail}: close this and look again` : answer.problem.detail,
    );
    alert.hidden = false;
  });
  find("copy").addEventListener("click", () => void copy());
  const secret = find<HTMLDialogElement>("secret");
  find("secret-close").addEventListener("click", () => secret.close());
  secret.addEventListener("close", () => find<HTMLInputElement>("link").value = "");
}
