import type { Sendable } from "./send-answer.ts";

/** The socket of an upgrade, by the members that are used: `net.Socket`, `tls.TLSSocket` and their kin. */
export interface UpgradeSocket {
  /** Whether nothing can be sent or received any more. */
  readonly destroyed?: boolean;
  /** The bytes that were sent so far. */
  readonly bytesWritten?: number;
  /** Sends bytes. */
  // deno-lint-ignore no-explicit-any -- The overloads of net.Socket have no other type in common.
  write(...args: any[]): boolean;
  /** Sends the last bytes. */
  // deno-lint-ignore no-explicit-any -- As above.
  end(...args: any[]): unknown;
  /** Closes the connection at once. */
  destroy(): unknown;
  /** Reads what arrives, and drops it if nobody listens. */
  resume(): unknown;
  /** Adds a listener. */
  // deno-lint-ignore no-explicit-any -- As above.
  on(event: string, listener: (...args: any[]) => void): unknown;
  /** Adds a listener for one event. */
  // deno-lint-ignore no-explicit-any -- As above.
  once(event: string, listener: (...args: any[]) => void): unknown;
  /** Removes a listener. */
  // deno-lint-ignore no-explicit-any -- As above.
  removeListener(event: string, listener: (...args: any[]) => void): unknown;
}

/** The time in milliseconds after which a socket that was ended is destroyed, if its client does not close it. */
export const LINGER_MS = 2_000;

/** Ends a socket once everything is sent, and destroys it if the client does not close its side soon. */
export function endSocket(socket: UpgradeSocket, last?: string | Uint8Array | null): void {
  socket.end(last ?? undefined);
  // What the client still sends is dropped: bytes that nobody has read would make the system reset the connection, and the
  // client might lose the answer.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  (timer as { unref?(): void }).unref?.();
  socket.once("close", () => clearTimeout(timer));
}

/**
 * A response on a socket that Node's HTTP parser has let go of, by the members that sending needs. The connection closes
 * behind it, which also ends a body of unknown length (RFC 9112 section 6.3).
 */
export class RawResponse implements Sendable {
  statusMessage: string = "";
  headersSent: boolean = false;
  writableEnded: boolean = false;
  readonly #socket: UpgradeSocket;

  constructor(socket: UpgradeSocket) {
    this.#socket = socket;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed === true;
  }

  writeHead(status: number, fields: Record<string, string | string[]>): void {
    this.headersSent = true;
    // A reason may be missing, its space may not: RFC 9112 section 4.
    const reason = this.statusMessage || (status === 503 ? "Service Unavailable" : "");
    const lines = Object.entries({ date: new Date().toUTCString(), ...fields, connection: "close" })
      .flatMap(([name, value]) => [value].flat().map((each) => `${name}: ${each}\r\n`));
    this.#socket.write(`HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n`, "latin1");
  }

  write(chunk: Uint8Array): boolean {
    return this.#socket.write(chunk);
  }

  end(body?: string | Uint8Array | null): void {
    this.writableEnded = true;
    endSocket(this.#socket, body);
  }

  once(event: "close" | "drain", listener: () => void): void {
    this.#socket.once(event, listener);
  }

  removeListener(event: "close" | "drain", listener: () => void): void {
    this.#socket.removeListener(event, listener);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
