/** What a path below the mount names. */
export type Resource =
  | { readonly kind: "page" | "state" | "fleet" | "history" | "events" | "openapi" }
  | { readonly kind: "window" | "bypass"; readonly name: string | undefined };

/** The methods of each kind of resource. `GET` stands for `HEAD` as well. */
export const METHODS: Readonly<Record<Resource["kind"], readonly string[]>> = {
  page: ["GET", "HEAD"],
  state: ["GET", "HEAD"],
  fleet: ["GET", "HEAD"],
  history: ["GET", "HEAD"],
  events: ["GET", "HEAD"],
  openapi: ["GET", "HEAD"],
  window: ["GET", "HEAD", "PUT", "DELETE"],
  bypass: ["POST"],
};

/** The path of the mount, and what stands behind it. A window may have the name "api". */
const API = /^(.*)\/api\/(?:(state|fleet|history|events)|(openapi\.json)|window(?:s\/([^/]+))?(\/bypass)?)$/;

/**
 * Finds what a path names.
 *
 * @param mount The path of the mount without a slash at its end; `undefined` for any.
 * @returns `undefined` if it names nothing.
 */
export function resourceOf(pathname: string, mount: string | undefined): Resource | undefined {
  const found = API.exec(pathname);
  if (found === null) {
    const isPage = mount === undefined ? !/\/api(?:\/|$)/.test(pathname) : pathname.replace(/\/$/, "") === mount;
    return isPage ? { kind: "page" } : undefined;
  }
  const [, before, plain, openapi, encoded, bypass] = found;
  if (mount !== undefined && before !== mount) return undefined;
  if (plain !== undefined) return { kind: plain as "state" | "fleet" | "history" | "events" };
  if (openapi !== undefined) return { kind: "openapi" };
  const name = encoded === undefined ? undefined : decode(encoded);
  return name === null ? undefined : { kind: bypass === undefined ? "window" : "bypass", name };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
