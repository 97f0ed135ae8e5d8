/// <reference lib="dom" />
import type { ShownFleet, ShownInstance } from "../../fleet-watch.ts";
import { find, make, write } from "./dom.ts";
import { formatInstant } from "./time.ts";

/**
 * Shows whether it is safe to migrate, and what each process still has at work.
 *
 * @param isInForce Whether a maintenance is in force: nobody is about to migrate otherwise.
 */
export function showFleet({ verdict, instances }: ShownFleet, isInForce: boolean): void {
  const { safe, because, until, only } = verdict;
  const badge = find("verdict");
  write(badge, safe ? "Safe to migrate" : "Not safe to migrate");
  badge.dataset["tone"] = safe ? "open" : isInForce ? "closed" : "";
  const limits = [
    ...safe && only !== null ? [`Only what serves ${only.join("; ")} is closed`] : [],
    ...until === null ? [] : [`Until ${formatInstant(until)}: maintenance ends then`],
    ...because,
  ];
  const list = find("because");
  list.hidden = limits.length === 0;
  if ([...list.children].map(({ textContent }) => textContent).join("\n") !== limits.join("\n")) {
    list.replaceChildren(...limits.map((text) => make("li", {}, text)));
  }
  find("processes").replaceChildren(...(instances ?? []).map((instance) => showInstance(instance, isInForce)));
  find("no-processes").hidden = (instances ?? []).length > 0;
}

/** Takes back what was said of the fleet: nobody may migrate on old news. */
export function showNothingKnown(why: string): void {
  const badge = find("verdict");
  write(badge, "Not known to be safe");
  badge.dataset["tone"] = "reading";
  const list = find("because");
  list.hidden = false;
  list.replaceChildren(make("li", {}, why));
}

function showInstance(instance: ShownInstance, isInForce: boolean): HTMLElement {
  const { host, pid, runtime, held, silentMs, before, inFlight, streams } = instance;
  const [word, tone] = silentMs !== undefined
    ? ["Silent", "closed"]
    : !instance.follows
    ? ["Old state", "closed"]
    : instance.ready
    ? [isInForce ? "Ready" : "Follows", "open"]
    : before > 0
    ? [`${before} to finish`, "reading"]
    : ["Not ready", "reading"];
  const numbers = [
    `${inFlight} in flight`,
    `${before} from before`,
    ...streams > 0 ? [`${streams} ${streams === 1 ? "stream" : "streams"} open`] : [],
  ];
  const lines = held.slice(0, 5).map(({ method, path, seconds }) =>
    make("li", {}, make("code", {}, `${method} ${path}`), ` ${Math.round(seconds)} s`)
  );
  return make(
    "li",
    {},
    make("span", { class: "host" }, make("b", {}, host), ` pid ${pid}, ${runtime}`),
    make("span", { class: "badge", "data-tone": tone! }, word!),
    make("span", { class: "numbers" }, numbers.join(" · ")),
    ...lines.length === 0 ? [] : [make("ul", { class: "held" }, ...lines)],
  );
}
