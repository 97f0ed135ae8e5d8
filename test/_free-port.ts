import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that Linux, macOS and Windows give to whoever asks for any, and above those that browsers refuse. */
const FIRST = 11_000;
const LAST = 31_999;

/**
 * A port that nothing listens on. The system gives it to nobody else, neither before a server is started on it nor while
 * the server is restarted.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = once(server, "listening").then(() => true, () => false);
  server.listen(port);
  if (!await isListening) return false;
  server.close();
  await once(server, "close");
  return true;
}
