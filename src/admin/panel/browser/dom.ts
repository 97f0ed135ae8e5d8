/// <reference lib="dom" />

/** What an element is made with: attributes by name, and listeners by the name of their event behind `on`. */
export type Given = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

/** Makes an element. Text is always text: nothing here reads HTML. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  given: Given = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** The element of the page with an id. */
export function find<Type extends HTMLElement>(id: string): Type {
  return document.getElementById(id) as Type;
}

/** Writes a text if it is another one, so that screen readers do not read an old one again. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
