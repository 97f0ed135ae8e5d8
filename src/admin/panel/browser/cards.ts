/// <reference lib="dom" />
import type { ShownPart } from "../../represent.ts";
import { find, make, write } from "./dom.ts";
import { factsOf, reasonsOf, standingOf } from "./words.ts";

/** What an operator may do with a maintenance. */
export interface Actions {
  edit(part: ShownPart, mode?: "on" | "read-only"): void;
  open(part: ShownPart): void;
  bypass(part: ShownPart): void;
}

/** The card of one maintenance. It stays where it is while its content changes, so that nobody loses the focus. */
interface Card {
  readonly root: HTMLElement;
  show(part: ShownPart): void;
}

const cards = new Map<string, Card>();

/** Shows a card for each maintenance. */
export function showCards(parts: readonly ShownPart[], actions: Actions): void {
  const [list, top] = [find("windows"), find("site")];
  const names = new Set(parts.map(keyOf));
  for (const [key, { root }] of cards) {
    if (names.has(key)) continue;
    root.remove();
    cards.delete(key);
  }
  let before: Element | null = list.firstElementChild;
  for (const part of parts) {
    const key = keyOf(part);
    const card = cards.get(key) ?? createCard(part, actions);
    cards.set(key, card);
    card.show(part);
    if (part.name === null) {
      if (card.root.parentNode !== top) top.append(card.root);
    } else if (card.root === before) before = before.nextElementSibling;
    else list.insertBefore(card.root, before);
  }
  find("no-windows").hidden = parts.length > 1;
}

function keyOf({ name }: ShownPart): string {
  return name === null ? "" : `.${name}`;
}

/** The three positions of the switch. */
const POSITIONS = [["off", "Open"], ["read-only", "Read-only"], ["on", "Closed"]] as const;

function createCard(first: ShownPart, actions: Actions): Card {
  let part = first;
  const { name } = first;
  const title = name ?? "Whole site";
  const badge = make("span", { class: "badge" });
  const facts = make("dl");
  const reasons = make("div", { class: "reasons" });
  const positions = POSITIONS.map(([mode, word]) =>
    make("button", {
      type: "button",
      "data-mode": mode,
      onclick: () => mode === "off" ? actions.open(part) : actions.edit(part, mode),
    }, name !== null && mode === "off" ? "Off" : word)
  );
  const act = (word: string, run: () => void) =>
    make("button", { type: "button", class: "plain", "aria-label": `${word}: ${title}`, onclick: run }, word);
  const bypass = act("Bypass link", () => actions.bypass(part));
  const root = make(
    name === null ? "div" : "li",
    { class: "card" },
    make("div", { class: "head" }, make(name === null ? "h2" : "h3", {}, title), badge),
    make("div", { class: "switch", role: "group", "aria-label": `Switch ${title}` }, ...positions),
    reasons,
    facts,
    make(
      "div",
      { class: "actions" },
      act("Details", () => actions.edit(part)),
      bypass,
    ),
  );
  return {
    root,
    show(next) {
      part = next;
      const { word, tone } = standingOf(part);
      write(badge, part.overdue ? `${word}, overdue` : word);
      badge.dataset["tone"] = tone;
      for (const button of positions) {
        button.setAttribute("aria-pressed", String(button.dataset["mode"] === part.window.mode));
      }
      bypass.hidden = part.window.mode === "off";
      const lines = factsOf(part).flatMap(([label, text]) => [make("dt", {}, label), make("dd", {}, text)]);
      facts.replaceChildren(...lines);
      facts.hidden = lines.length === 0;
      reasons.replaceChildren(
        ...reasonsOf(part).map(({ language, text }) =>
          make(
            "p",
            language === "" ? {} : { lang: language },
            ...language === "" ? [] : [make("b", { lang: "en" }, language), " "],
            text,
          )
        ),
      );
    },
  };
}
