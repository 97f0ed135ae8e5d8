/** Imported before the package, so that what importing it has changed can be told. */
const before = new Set(Reflect.ownKeys(globalThis));

/** Whether the runtime has a URLPattern of its own. */
export const hasUrlPattern: boolean = "URLPattern" in globalThis;

/** The names that the global object has gained since then. */
export function addedGlobals(): string[] {
  return Reflect.ownKeys(globalThis).filter((key) => !before.has(key)).map(String);
}
