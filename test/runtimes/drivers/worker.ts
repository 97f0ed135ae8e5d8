/** workerd, started by miniflare, in both syntaxes. */
import { createRequire } from "node:module";
import type { Readable } from "node:stream";
import { sendOver } from "./socket.ts";
import { atExit, type Start } from "./target.ts";

/** Starts an entry as a Worker. */
export function worker(entry: string, syntax: "module" | "service-worker"): Start {
  return async (project) => {
    const script = await project.bundle(entry, syntax === "module" ? "esm" : "iife", ["workerd", "worker"]);
    const { Log, LogLevel, Miniflare } = await import("miniflare");
    let output = "";
    const keep = (stream: Readable) => void stream.on("data", (chunk) => output += String(chunk));
    const runtime = new Miniflare({
      modules: syntax === "module",
      script,
      compatibilityDate: "2026-07-01",
      bindings: { MARK: "binding" },
      host: "127.0.0.1",
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => [stdout, stderr].forEach(keep),
    });
    const forget = atExit(() => void runtime.dispose());
    const { port } = await runtime.ready;
    const require = createRequire(import.meta.url);
    return {
      version: (require("workerd/package.json") as { version: string }).version,
      async send(request, gate) {
        const reply = await sendOver({ host: "127.0.0.1", port: Number(port) }, request, {
          host: `127.0.0.1:${port}`,
          "x-gate": gate,
          ...request.clientIp ? { "cf-connecting-ip": request.clientIp } : {},
        });
        // What is no HTTP for workerd never becomes a Request; it refuses it in these words where others say 400.
        const refused = reply.status === 500 && reply.body === "Internal Server Error" &&
          !reply.headers.has("x-caught");
        return refused ? { ...reply, status: 400 } : reply;
      },
      // It logs what it refuses.
      output: () => output.replace(/^workerd\/server\/server\.c\+\+.*\n(?:stack:.*\n)?/gm, ""),
      async close() {
        await runtime.dispose();
        forget();
      },
    };
  };
}
