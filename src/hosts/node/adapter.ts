import { insistOnNode } from "../common/wrong-host.ts";
import type { NodeInfo } from "./info.ts";
import type { Sendable } from "./send-answer.ts";

type Listener<Info extends NodeInfo> = (req: Info["req"], res: Info["res"]) => void;

/**
 * Makes a fetch handler a listener of a Node server, with `@whatwg-node/server`. Loading that takes longer than loading all
 * of this package, so it happens while the server starts.
 *
 * @param handler The handler. It gets the class of Response that the adapter sends fastest.
 * @param report Gets the error if `@whatwg-node/server` cannot be loaded: each request is answered with 500 then.
 */
export function adapt<Info extends NodeInfo>(
  handler: (request: Request, info: Info, ResponseClass: typeof Response) => Response | Promise<Response>,
  report: (error: unknown) => void,
): Listener<Info> {
  let listener: Listener<Info> | undefined;
  const loaded = import("./server-adapter.ts").then(({ createServerAdapter, Response }) => {
    const adapter = createServerAdapter<Info>((request, info) => handler(request, info, Response));
    return listener = (req, res) => void adapter(req as never, res as never);
  }, (error) => {
    report(error);
    return listener = (_req, res) => {
      res.writeHead(500);
      res.end();
    };
  });
  return (req, res) => {
    insistOnNode(res, report);
    if (listener !== undefined) return listener(req, res);
    void loaded.then((listener) => {
      // The client may have gone away in the meantime.
      if (!isGone(res as Sendable)) listener(req, res);
    });
  };
}

function isGone({ destroyed, stream }: Sendable): boolean {
  return destroyed === true || stream?.destroyed === true;
}
