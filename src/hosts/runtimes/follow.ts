import type { InForce, RequestTracker } from "../../counting/in-flight.ts";
import { createFollow as createBunFollow } from "../bun/in-flight.ts";
import { followHandler } from "../common/in-flight.ts";
import { createFollow as createDenoFollow } from "../deno/in-flight.ts";
import { createFollow as createFetchFollow } from "../fetch/in-flight.ts";
import { createFollow as createNodeFollow, followUpgrade } from "../node/in-flight.ts";
import type { UpgradeSocket } from "../node/raw-response.ts";
import type { Runtime } from "./find.ts";

/** Lets a request in and counts it as its runtime allows. */
export type RuntimeFollow = <Result>(
  request: Request,
  runtime: Runtime,
  inForce: InForce,
  letIn: () => Result,
) => Result;

/** Makes the function that counts requests, in whatever runtime: by the response of the server, or by its body. */
export function createFollow(tracker: RequestTracker): RuntimeFollow {
  const inNode = createNodeFollow(tracker);
  const inDeno = createDenoFollow(tracker);
  const inBun = createBunFollow(tracker);
  const byBody = createFetchFollow(tracker);
  return (request, { node, deno, bun }, inForce, letIn) => {
    if (node !== undefined) {
      if (node.res !== undefined) return inNode(node, inForce, letIn);
      followUpgrade(tracker, node.req, node.req.socket as UpgradeSocket, inForce);
      return letIn();
    }
    if (deno !== undefined) return inDeno(request, deno.info, inForce, letIn);
    if (bun !== undefined) return inBun(request, bun.server, inForce, letIn);
    if (request.method !== "HEAD") return byBody(request, inForce, letIn);
    // Frameworks answer it with the response to GET, of which nobody reads or gives up the body.
    return followHandler(tracker, tracker.enter(request, inForce, () => {}), letIn);
  };
}
