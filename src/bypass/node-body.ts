/** Takes the parts of a body, until it returns `false`. */
export type Take = (chunk: Uint8Array | string) => boolean;

/** The request of a Node server, by the members that reading its body needs. */
export interface NodeBody {
  /** What a body parser has made of it, if one comes before the gate. */
  readonly body?: unknown;
  /** Whether something is left to read. */
  readonly readable?: boolean;
  on(event: "data" | "end" | "close" | "error", listener: (chunk: Uint8Array | string) => void): unknown;
  removeListener(event: "data" | "end" | "close" | "error", listener: (chunk: Uint8Array | string) => void): unknown;
  resume(): unknown;
}

/** The request of a Node server in what a host knows about a request; `undefined` on other hosts. */
export function nodeBodyOf(hostInfo: unknown): NodeBody | undefined {
  const req = (hostInfo as { req?: Partial<NodeBody> } | null | undefined)?.req;
  return typeof req?.resume === "function" && typeof req.removeListener === "function" ? req as NodeBody : undefined;
}

/** Reads a body, and says whether it has come to its end in time. The rest of a longer one is dropped as it comes. */
export function readNode(req: NodeBody, take: Take, timeLimitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isWhole: boolean) => {
      clearTimeout(timer);
      req.removeListener("data", onData);
      req.removeListener("end", onEnd);
      req.removeListener("close", onGone);
      // The connection carries no further request before all of this one was read.
      req.resume();
      resolve(isWhole);
    };
    const onData = (chunk: Uint8Array | string) => void (take(chunk) || settle(false));
    const onEnd = () => settle(true);
    const onGone = () => settle(false);
    const timer = setTimeout(onGone, timeLimitMs);
    req.on("data", onData);
    req.on("end", onEnd);
    req.on("close", onGone);
    // Without a listener, an error of the connection would end the process.
    req.on("error", onGone);
  });
}
