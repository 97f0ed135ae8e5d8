import { NAME } from "../state/check-window.ts";
import type { AdminSettings } from "./options.ts";
import { Refusal } from "./problem.ts";
import type { Resource } from "./routes.ts";
import { TOKEN_FIELD, type Tokens } from "./token.ts";

/** An operator. */
export interface Operator {
  /** The name for the state and the history, if `authorize` has told it. */
  readonly by: string | undefined;
}

/** Asks `authorize`. It never throws: in doubt it is nobody. */
export async function findOperator<Ctx>(
  { authorize, onError }: AdminSettings<Ctx>,
  request: Request,
  ctx: Ctx,
): Promise<Operator | undefined> {
  try {
    const answer = await authorize(request, ctx);
    if (answer === true) return { by: undefined };
    if (answer === false || answer === undefined || answer === null) return undefined;
    const by = (answer as { by?: unknown }).by;
    if (typeof by === "string" && NAME.test(by)) return { by };
    throw new TypeError('"authorize" must return true, false or { by } with a text of 1 to 200 printable characters');
  } catch (error) {
    onError(error);
    return undefined;
  }
}

/** Whether a request comes to a host of the panel. A page could otherwise let its own name point here. */
export function isOwnHost({ origins }: Pick<AdminSettings<never>, "origins">, url: URL): boolean {
  return origins === undefined || origins.some(({ host }) => host === url.host);
}

/**
 * Checks that no page of another origin makes a request: by what the browser says of it, and for changes by a token besides, which
 * only pages of this origin can have read.
 *
 * @throws {Refusal} If one does.
 */
export function checkOrigin(
  { origins }: Pick<AdminSettings<never>, "origins">,
  request: Request,
  url: URL,
  { kind }: Resource,
): void {
  const { headers } = request;
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  // A link in a chat may lead to the page, but nothing may embed it.
  const isVisit = kind === "page" && headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document" && (request.method === "GET" || request.method === "HEAD");
  if (isVisit) return;
  const isOwn = origin === null ||
    (origins === undefined
      ? site === "same-origin" || hostOf(origin) === url.host
      : origins.some((own) => own.origin === origin));
  if (isOwn && (site === null || site === "same-origin" || site === "none")) return;
  throw new Refusal(403, "A page of another origin has sent this request", { code: "ERR_ORIGIN" });
}

/**
 * Checks that the sender of a change has read an answer of this handler.
 *
 * @throws {Refusal} If the token is missing, old, or of another process.
 */
export function checkToken(tokens: Tokens, request: Request, { by }: Operator): void {
  if (tokens.isValid(request.headers.get(TOKEN_FIELD), by)) return;
  const detail = 'The field "Maintenance-Token" is missing or out of date: send the value that GET api/state has ' +
    "answered. With more than one process, give each of them the same tokenSecret";
  throw new Refusal(403, detail, { code: "ERR_TOKEN" });
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
