import type { Maintenance } from "../../gate/maintenance.ts";
import { guardUpgrade, type HostOptions, type NodeRequest, type UpgradeSocket } from "../../hosts/connect.ts";
import { createDoor } from "./door.ts";
import type { ServerRequest } from "./types.ts";

/** The app of h3 1, by what it tells crossws about WebSockets. */
export interface WebSocketApp {
  readonly options: { websocket?: { hooks?: Hooks } };
}

interface Hooks {
  upgrade?(request: CrosswsRequest): unknown;
}

/** The request of an upgrade, as crossws gives it. */
type CrosswsRequest = ServerRequest & {
  /** The request of Node that it stands for. */
  readonly _req?: NodeRequest & { readonly socket: UpgradeSocket };
};

/**
 * Puts the gate in front of the WebSockets of Nitro 2, by the hook of crossws that is called before each. On Node they are
 * counted, as those of `guardUpgrade` are.
 */
export function guardCrossws<Event extends object>(
  { options: app }: WebSocketApp,
  maintenance: Maintenance,
  options: HostOptions<Event>,
): void {
  const { isStaff } = options;
  // The gate asks this in place of a server, which Nitro keeps to itself.
  const server = { emit: (_event: string, _req: unknown, _socket: unknown, pass: () => void) => (pass(), true) };
  guardUpgrade(server, maintenance, {
    ...options,
    isStaff: (request, { req }) => isStaff?.(request, eventOf(request, req) as Event) ?? false,
  });
  const door = createDoor<Event>(maintenance, options);
  const former = app.websocket;
  const upgrade = (request: CrosswsRequest): unknown => {
    const go = () => former?.hooks?.upgrade?.(request);
    const { _req: req } = request;
    if (req === undefined) return passOrThrow(door(request, eventOf(request, undefined) as Event, go));
    // If the gate answers, it has the socket, and nothing settles this promise any more.
    return new Promise((resolve) => void server.emit("upgrade", req, req.socket, () => resolve(go())));
  };
  app.websocket = { ...former, hooks: { ...former?.hooks, upgrade } };
}

/** Refuses an upgrade by throwing the answer: crossws takes a Response that is returned for one that passes. */
async function passOrThrow(result: unknown): Promise<unknown> {
  const answer = await result;
  if (answer instanceof Response && !answer.ok) throw answer;
  return answer;
}

/** What `isStaff` gets for an upgrade, which has no event: enough to read cookies and sessions. What is set there gets lost. */
function eventOf({ method, url, headers }: Request, req: NodeRequest | undefined): object {
  const nothing = () => undefined;
  const res = { getHeader: nothing, setHeader: nothing, appendHeader: nothing, removeHeader: nothing };
  const path = url.replace(/^[a-z]+:\/\/[^/]*/, "");
  return {
    node: { req: req ?? { method, url: path, headers: Object.fromEntries(headers) }, res },
    context: {},
    method,
    path,
    headers,
  };
}
