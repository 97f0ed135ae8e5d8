import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that Linux, macOS and Windows give to whoever asks for any, and above those that browsers refuse. */
const FIRST = 11_000;
const LAST = 31_999;

/**
 * A port that belongs to this process until it ends: neither the system nor another test gets it, neither before a server
 * is started on it nor while the server is restarted.
 *
 * @param options.also How far above it another port has to be, which is reserved as well: Redis takes a second one.
 */
export async function freePort({ also }: { also?: number } = {}): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - (also ?? 0) - FIRST + 1));
    const ports = also === undefined ? [port] : [port, port + also];
    // One after the other: the second is not asked for if the first belongs to somebody.
    let areOurs = true;
    for (const one of ports) areOurs &&= await reserve(one) && await isFree(one);
    if (areOurs) return port;
  }
}

/**
 * Reserves a port for this process among all tests on this machine. What marks it is a UDP socket on the port of that
 * number, which no server of the tests listens on: the system gives it to one process at a time, and takes it back from one
 * that ends, however it ends. A file would outlive a process that is killed.
 */
async function reserve(port: number): Promise<boolean> {
  const socket = createSocket("udp4").unref();
  const isListening = once(socket, "listening").then(() => true, () => false);
  socket.bind({ address: "127.0.0.1", port, exclusive: true });
  return await isListening;
}

/** Whether no program that knows nothing of reserving listens on a port. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = once(server, "listening").then(() => true, () => false);
  server.listen(port);
  if (!await isListening) return false;
  server.close();
  await once(server, "close");
  return true;
}
