/** Runtimes that are programs: they run an entry, listen on a socket and print where. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import type { CaseRequest, Reply } from "../suite.ts";
import { type Address, sendOver } from "./socket.ts";
import { atExit, inTime, type Project, type Start } from "./target.ts";

/** What an entry prints when it is ready, as JSON on one line. */
interface Ready {
  port?: number;
  dualStackPort?: number;
  unix?: string;
}

/** How a program is started. */
export interface Program {
  /** The executable, and what it is given before the entry. */
  command: readonly [executable: string, ...args: string[]];
  /** The entry's name in `inside/`. */
  entry: string;
  /** What the entry is given. */
  args?: (project: Project) => string[];
  /** Speaks HTTP/2 without TLS instead of HTTP/1.1. */
  http2?: boolean;
  /** What of its output is the runtime's own and says nothing of the package. */
  chatter?: RegExp;
}

/** Starts a program in the scratch project. */
export function program({ command: [executable, ...before], entry, args, http2 = false, chatter }: Program): Start {
  return async (project) => {
    if (!existsSync(executable)) return { missing: "it is not installed: run npm ci" };
    const version = execFileSync(executable, ["--version"], { encoding: "utf8" });
    const given = args?.(project) ?? [];
    const child = spawn(executable, [...before, project.entry(entry), ...given], {
      cwd: project.folder,
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const forget = atExit(() => child.kill("SIGKILL"));
    const { ready, output } = watch(child);
    const { port, dualStackPort, unix } = await inTime(`Starting ${entry}`, ready);
    const ports: Record<string, Address | undefined> = {
      ...port ? { default: { host: "127.0.0.1", port } } : {},
      ...unix ? { default: { path: unix } } : {},
      ...dualStackPort ? { "dual-stack": { host: "127.0.0.1", port: dualStackPort } } : {},
      ...dualStackPort ? { ipv6: { host: "::1", port: dualStackPort } } : {},
    };
    return {
      version: /\d[\w.-]*/.exec(version)?.[0] ?? "",
      send(request, gate) {
        const address = ports[request.to ?? "default"];
        if (!address) throw new Error(`The runtime has no listener for ${request.to}`);
        const fields = {
          host: unix ? "localhost" : `127.0.0.1:${port}`,
          "x-gate": gate,
          ...request.clientIp ? { "x-forwarded-for": request.clientIp } : {},
        };
        return http2 ? sendOverHttp2(port!, request, fields) : sendOver(address, request, fields);
      },
      output: () => chatter ? output().replace(chatter, "") : output(),
      async close() {
        const closed = new Promise((done) => child.once("close", done));
        if (child.exitCode === null && child.signalCode === null) {
          child.kill("SIGKILL");
          await closed;
        }
        forget();
      },
    };
  };
}

function watch(child: ChildProcess): { ready: Promise<Ready>; output(): string } {
  let out = "";
  let rest = "";
  const ready = new Promise<Ready>((resolve, reject) => {
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const line = /^(\{.*\})\n/m.exec(out);
      if (!line) return;
      rest += out.replace(line[0], "");
      out = "";
      child.stdout!.removeAllListeners("data").on("data", (text: string) => rest += text);
      resolve(JSON.parse(line[1]!));
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => rest += text);
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`It ended with ${code}: ${out}${rest}`.slice(0, 3000))));
  });
  return { ready, output: () => rest };
}

function sendOverHttp2(port: number, request: CaseRequest, fields: Record<string, string>): Promise<Reply> {
  const { method = "GET", target = "/", body } = request;
  const { host, ...given } = { ...fields, ...request.headers };
  return inTime(
    `HTTP/2 ${method} ${target}`,
    new Promise<Reply>((resolve, reject) => {
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      session.on("error", reject);
      const stream = session.request({
        ":method": method,
        ":path": target,
        ...host ? { ":authority": String(host) } : {},
        ...given as Record<string, string>,
      }, { endStream: body === undefined });
      const reply: Reply = { status: 0, headers: new Map(), body: "" };
      stream.setEncoding("utf8");
      stream.on("response", ({ ":status": status, ...headers }) => {
        reply.status = Number(status);
        for (const [name, value] of Object.entries(headers)) reply.headers.set(name, [value].flat().join(", "));
      });
      stream.on("data", (text) => reply.body += text);
      stream.on("error", () => {}); // "close" follows; a stream that was reset has the status 0.
      stream.on("close", () => {
        session.close();
        resolve(reply);
      });
      if (body !== undefined) stream.end(body);
    }),
  );
}
