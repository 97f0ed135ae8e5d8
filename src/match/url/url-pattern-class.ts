import { MaintenanceError } from "../../util/errors.ts";
import type { UrlPatternInit, UrlPatternObject } from "./types.ts";

/** The constructor of `URLPattern`: the members that are used here. */
export interface UrlPatternClass {
  new (input: string | UrlPatternInit): UrlPatternObject;
  /** The members of all patterns. */
  readonly prototype: UrlPatternObject;
}

/** The members of Node's `process` that are read here; other runtimes have some of them or none. */
interface NodeProcess {
  getBuiltinModule?: (name: "node:module") => { createRequire(from: string): (name: string) => unknown };
}

/**
 * The runtime's own `URLPattern`, or urlpattern-polyfill's where there is none.
 *
 * Gates are created synchronously, Service Workers forbid `await` at the top level, and an import would load the polyfill
 * everywhere. So Node's own loader loads it. Only Node before version 24 and old browsers need it.
 *
 * @throws {MaintenanceError} If the runtime has no `URLPattern` and the polyfill cannot be loaded.
 */
export function urlPatternClass(): UrlPatternClass {
  const runtime = globalThis as { URLPattern?: UrlPatternClass; process?: NodeProcess };
  if (runtime.URLPattern) return runtime.URLPattern;
  try {
    const require = runtime.process!.getBuiltinModule!("node:module").createRequire(import.meta.url);
    return (require("urlpattern-polyfill/urlpattern") as { URLPattern: UrlPatternClass }).URLPattern;
  } catch (cause) {
    throw new MaintenanceError(
      "ERR_RUNTIME",
      "Cannot compile URL patterns: this runtime has no URLPattern and urlpattern-polyfill cannot be loaded: " +
        'write import "urlpattern-polyfill" before the gate is made, or use regular expressions',
      { cause },
    );
  }
}
