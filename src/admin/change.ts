import { createSecret } from "../bypass/secret.ts";
import { ConflictError } from "../state/errors.ts";
import { checkWindowName } from "../state/parse.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";
import type { Operator } from "./access.ts";
import { readJson } from "./body.ts";
import { bypassLink } from "./bypass-link.ts";
import { composeWindow } from "./compose.ts";
import type { FleetWatch } from "./fleet-watch.ts";
import { answerPart, changed, checkPrecondition } from "./precondition.ts";
import { COMMON_FIELDS, json, Refusal } from "./problem.ts";
import { type Part, partOf, type Reading, tagOf } from "./reading.ts";
import type { Resource } from "./routes.ts";

/** What can be changed. */
export type Changeable = Extract<Resource, { readonly name: string | undefined }>;

/** Answers a request that changes something. */
export type Change = (resource: Changeable, request: Request, operator: Operator, url: URL) => Promise<Response>;

/**
 * Makes a {@link Change}.
 *
 * @param read Reads the store.
 * @param fleet Notes the processes before each change.
 * @param site The origin of the site, if it is known.
 */
export function createChange(
  live: LiveState,
  read: () => Promise<Reading>,
  fleet: FleetWatch,
  site: URL | undefined,
): Change {
  /**
   * Stores a window in place of the one that the operator has seen, or removes it.
   *
   * @param by Who removes it.
   * @returns What is there now.
   */
  async function write(
    former: Part | undefined,
    name: string | undefined,
    next?: MaintenanceWindow,
    by?: string,
  ): Promise<Part | undefined> {
    await fleet.note();
    const expected = former?.window;
    const writing = next === undefined
      ? live.windows.delete(name, { expected, by })
      : live.windows.set(name, next, { expected });
    const isConflict = await writing.then(() => false, (error: unknown) => {
      if (error instanceof ConflictError) return true;
      throw error;
    });
    const now = partOf(await read(), name);
    if (isConflict) throw changed(now);
    return now;
  }

  async function put(former: Part | undefined, name: string | undefined, window: MaintenanceWindow): Promise<Response> {
    const written = await write(former, name, window);
    return written === undefined ? done() : answerPart(written, former === undefined ? 201 : 200);
  }

  /** Makes a new bypass. What a run has noted goes: a change takes over from it. */
  async function makeBypass(
    former: Part,
    { owner: _owner, former: _former, ...window }: MaintenanceWindow,
    origin: URL,
  ): Promise<Response> {
    if (window.mode === "off") {
      throw new Refusal(409, "Nothing is closed, so there is nothing to bypass: turn maintenance on first");
    }
    const secret = createSecret();
    const written = await write(former, former.name, { ...window, bypass: secret });
    return json({ link: bypassLink(origin, window, secret) }, { etag: tagOf(written?.window ?? window) }, 201);
  }

  return async ({ kind, name }, request, { by }, url) => {
    const body = request.method === "PUT" ? await readJson(request) : undefined;
    if (name !== undefined) checkWindowName(name);
    const reading = await read();
    if (request.method === "PUT") {
      const former = partOf(reading, name);
      checkPrecondition(request, former);
      return await put(former, name, composeWindow(body, former?.window, by));
    }
    const former = requirePart(reading, name);
    checkPrecondition(request, former);
    const author = by === undefined ? {} : { by };
    if (kind === "bypass") return await makeBypass(former, { ...former.window, ...author }, site ?? url);
    await write(former, name, name === undefined ? { mode: "off", ...author } : undefined, by);
    return done();
  };
}

/** Finds a window that has to be there. */
export function requirePart(reading: Reading, name: string | undefined): Part {
  const part = partOf(reading, name);
  if (part === undefined) throw new Refusal(404, "There is no window of this name");
  return part;
}

function done(): Response {
  return new Response(null, { status: 204, headers: COMMON_FIELDS });
}
