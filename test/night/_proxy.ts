/** A network between a process and Redis that can be cut, so that neither side hears that it is. */
import { connect, createServer, type Socket } from "node:net";
import { freePort } from "../_free-port.ts";

/** A proxy of one process. */
export interface Proxy {
  readonly port: number;
  /** Holds back everything from now on, also new connections and their ends. */
  cut(): void;
  /** Hands on what was held back, and goes on. */
  heal(): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of a port. */
export async function startProxy(target: number): Promise<Proxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let isCut = false;
  let whenHealed: (() => void)[] = [];
  /** Does something now, or once the network is back. */
  const later = (act: () => void) => isCut ? void whenHealed.push(act) : act();

  const server = createServer((from) => {
    hold(from);
    later(() => {
      const to = connect(target, "127.0.0.1");
      hold(to);
      join(from, to);
      join(to, from);
    });
  });

  function hold(socket: Socket): void {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket)).setNoDelay();
  }

  function join(from: Socket, to: Socket): void {
    from.on("data", (part) => later(() => void to.write(part)));
    from.on("close", () => later(() => void to.destroy()));
    if (from.destroyed) later(() => void to.destroy());
  }

  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port,
    cut: () => void (isCut = true),
    heal() {
      isCut = false;
      const held = whenHealed;
      whenHealed = [];
      for (const act of held) act();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
