/// <reference lib="dom" />

/*
 * The script of the built-in page. `script.ts` holds it as text; `node test/answer/page/make-script.ts` writes that file.
 *
 * The page is complete without it. These parts of the page say what the script does:
 *
 * - `data-poll` on the root: the script asks whether the site is back, first after that many seconds if there is a value.
 * - `data-form` on the root: the page answers a form. The script never loads such a page again, for that could send the
 *   form twice. It writes the `data-text` of the element with the role `status` into that element.
 * - `#retry` and `#back`: the buttons. They are hidden from visitors without scripts.
 * - `time` and `#left`: the script writes them in the visitor's own time zone.
 */
import { FIELDS } from "./time.ts";

const root = document.documentElement;
const { poll } = root.dataset;
const isForm = "form" in root.dataset;
const time = document.querySelector("time");
const left = document.querySelector("#left");

/** How long the next wait is if no answer says it, in seconds. */
let wait = 15;
/** When to ask next, in milliseconds since 1970. */
let due = Infinity;
/** How long the present wait is, in milliseconds. */
let last = Infinity;
let timer: ReturnType<typeof setTimeout>;

/**
 * Opens the URL again with GET. A saved page that is served for every request does not know that it answers a form, and
 * `reload()` would repeat the POST. A URL with a fragment can only be reloaded.
 */
function leave(): void {
  if (location.href.includes("#")) location.reload();
  else location.replace(location.href);
}

function show(id: string, act: () => void): void {
  const button = document.querySelector<HTMLElement>(id);
  if (button) {
    button.hidden = false;
    button.onclick = act;
  }
}

/** Writes about the end in the language of the page, unless the browser lacks `Intl` or the language. */
function write(
  element: Element | null,
  name: "DateTimeFormat" | "RelativeTimeFormat",
  format: (end: Date) => string,
): void {
  try {
    const end = new Date(time!.dateTime);
    if (Intl[name].supportedLocalesOf(root.lang)[0]) element!.textContent = format(end);
  } catch {
    // The server has written the time in UTC or in the zone of the site.
  }
}

function timeLeft(end: Date): string {
  const minutes = Math.round((+end - Date.now()) / 6e4);
  if (minutes <= 0) return "";
  const format = new Intl.RelativeTimeFormat(root.lang);
  if (minutes < 90) return format.format(minutes, "minute");
  if (minutes < 2160) return format.format(Math.round(minutes / 60), "hour");
  return format.format(Math.round(minutes / 1440), "day");
}

/** Looks at the clock once a minute while the page is seen, and asks when the time has come. */
function tick(): void {
  clearTimeout(timer);
  if (document.hidden) return;
  write(left, "RelativeTimeFormat", timeLeft);
  const now = Date.now();
  // The clock may have been set back.
  due = Math.min(due, now + last);
  timer = setTimeout(() => Date.now() < due ? tick() : ask(), Math.min(due - now, 6e4));
}

/** Plans to ask after some seconds, and somewhat later than others; after longer and longer waits if there is no number. */
function plan(seconds: number): void {
  if (seconds > 0) {
    seconds = Math.max(seconds, 5);
    seconds += Math.random() * Math.min(seconds / 10, 60);
  } else {
    seconds = wait * (.8 + Math.random() * .4);
    wait = Math.min(wait * 1.5, 300);
  }
  last = seconds * 1e3;
  due = Date.now() + last;
  tick();
}

/**
 * Asks whether the site is back. It is not while a server or a proxy answers 429 or 5xx, but for 501: an app without HEAD
 * answers that.
 */
async function ask(): Promise<void> {
  due = last = Infinity;
  let isBack = false, after = 0, stopper;
  try {
    const stop = new AbortController();
    stopper = setTimeout(() => stop.abort(), 3e4);
    const { status, headers } = await fetch(location.origin + location.pathname + location.search, {
      method: "HEAD",
      cache: "no-store",
      credentials: "same-origin",
      redirect: "manual",
      signal: stop.signal,
    });
    const mode = headers.get("maintenance-mode");
    // The app's own responses have the mode as well while the site is read-only. A form cannot be sent then.
    isBack = (status < 500 && status != 429 || status == 501) && (!mode || mode != "on" && !isForm);
    const given = headers.get("retry-after")!;
    // The visitor's clock may be wrong: a date counts from the date of the answer.
    after = /^\d+$/.test(given) ? +given : (Date.parse(given) - (Date.parse(headers.get("date")!) || Date.now())) / 1e3;
  } catch {
    // Nobody answered in time.
  }
  clearTimeout(stopper);
  if (!isBack) plan(after);
  else if (!isForm) leave();
  else {
    const status = document.querySelector<HTMLElement>("[role=status]")!;
    status.textContent = status.dataset.text!;
    tick();
  }
}

write(time, "DateTimeFormat", (end) => new Intl.DateTimeFormat(root.lang, FIELDS).format(end));
show("#retry", leave);
if (history.length > 1) show("#back", () => history.back());
document.addEventListener("visibilitychange", tick);
if (poll === undefined) tick();
else plan(+poll);
