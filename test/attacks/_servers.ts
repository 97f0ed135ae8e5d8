import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on a port of its own. */
export interface Server {
  /** Its origin, by its address. */
  readonly origin: string;
  /** The same server under another name, which to browsers is another site. */
  readonly otherOrigin: string;
  /** What came in. */
  readonly requests: Pick<IncomingMessage, "method" | "url" | "headers">[];
  close(): void;
}

/** Starts a server. */
export async function serve(listener: RequestListener): Promise<Server> {
  const requests: Server["requests"] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    requests.push({ method, url, headers });
    listener(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    otherOrigin: `http://localhost:${port}`,
    requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A page of an app, which asks for nothing by itself. */
export function htmlOf(body: string): string {
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>app</title>${body}`;
}
