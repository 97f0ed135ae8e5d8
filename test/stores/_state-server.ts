/** A server that holds states, each under a path of its own, and can be told to be unreachable there. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A started server. */
export interface StateServer {
  /** Where it is, without a path. */
  origin: string;
  /** Ends it. */
  close(): Promise<void>;
}

/**
 * Starts a server: GET reads a state, with its `ETag`; PUT and DELETE change it; POST says whether it is reachable, by
 * the body "down" or "up".
 */
export async function startStateServer(): Promise<StateServer> {
  const states = new Map<string, { body: Buffer; etag: string }>();
  const unreachable = new Set<string>();
  let writings = 0;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = req.url!;
    const body = await buffer(req);
    if (req.method === "POST") {
      if (body.toString() === "down") unreachable.add(path);
      else unreachable.delete(path);
      return void res.end();
    }
    if (unreachable.has(path) && req.method === "GET") return void req.socket.destroy();
    if (req.method === "PUT") {
      states.set(path, { body, etag: `"${++writings}"` });
      return void res.end();
    }
    if (req.method === "DELETE") {
      states.delete(path);
      return void res.end();
    }
    const state = states.get(path);
    if (!state) return void res.writeHead(404).end("Not found");
    if (req.headers["if-none-match"] === state.etag) return void res.writeHead(304, { etag: state.etag }).end();
    res.writeHead(200, { etag: state.etag, "content-type": "application/json" }).end(state.body);
  }

  const server = createServer((req, res) => void answer(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
