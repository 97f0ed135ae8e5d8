import { connect } from "node:net";
import type { Spelling } from "./_targets.ts";

/** How many requests go over one connection. */
const BATCH = 200;

/**
 * Sends requests, each with its number in the field `X-Id`. A server that cannot read one closes the connection: those
 * behind it go over another.
 *
 * @param lastRead The number of the last request that the server has read.
 */
export async function sendAll(port: number, spellings: readonly Spelling[], lastRead: () => number): Promise<void> {
  for (let at = 0; at < spellings.length;) {
    const end = Math.min(at + BATCH, spellings.length);
    await send(port, spellings.slice(at, end), at);
    // The one behind the last is the one that the server could not read.
    at = lastRead() + 1 < end ? Math.max(lastRead() + 1, at) + 1 : end;
  }
}

function send(port: number, spellings: readonly Spelling[], first: number): Promise<void> {
  const requests = spellings.map(({ target, host }, index) => {
    const connection = index === spellings.length - 1 ? "Connection: close\r\n" : "";
    return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nX-Id: ${first + index}\r\n${connection}\r\n`;
  });
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.resume().on("close", () => resolve()).on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") reject(error);
    });
    socket.write(requests.join(""), "latin1");
  });
}
