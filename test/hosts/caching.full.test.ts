import { type ChildProcess, spawn } from "node:child_process";
import { request as httpRequest } from "node:http";
import { connect } from "node:http2";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MaintenanceState } from "../../src/index.ts";
import { hasFromNpm } from "../_needs.ts";
import { commandsOf } from "./_fixture.ts";

const { deno, bun, node } = commandsOf("caching");

const OF_ALL = ["/text", "/shared", "/not-modified", "/part", "/failure", "/stream", "/redirect", "/fetched"];
const OF_NODE = [...OF_ALL, "/message", "/former-name", "/flat", "/mixed", "/flushed", "/hints"];
// HTTP/2 has no reason phrases, of which Node warns, and no former names.
const OF_HTTP2 = OF_NODE.filter((path) => !["/message", "/former-name"].includes(path));

const KINDS: Record<string, readonly [command: readonly string[], kind: string, paths: readonly string[]]> = {
  Deno: [deno, "deno", OF_ALL],
  // Bun takes the fields out of a Response that it sends for the first time, with or without a gate.
  Bun: [bun, "bun", OF_ALL.filter((path) => path !== "/shared")],
  "withMaintenance() in node20": [node("node20"), "node", OF_ALL],
  "withMaintenance() in node": [node("node"), "node", OF_ALL],
  "maintenanceMiddleware() in node20": [node("node20"), "middleware", OF_NODE],
  "maintenanceMiddleware() in node22": [node("node22"), "middleware", OF_NODE],
  "maintenanceMiddleware() in node": [node("node"), "middleware", OF_NODE],
  "maintenanceMiddleware() in node26": [node("node26"), "middleware", OF_NODE],
  "maintenanceMiddleware() in node20, HTTP/2": [node("node20"), "http2", OF_HTTP2],
  "maintenanceMiddleware() in node, HTTP/2": [node("node"), "http2", OF_HTTP2],
  "maintenanceMiddleware() in Deno": [deno, "middleware", OF_NODE],
  "maintenanceMiddleware() in Bun": [bun, "middleware", OF_NODE],
};

/** The fields by which caches are told what to keep, and how the gate names the mode. */
const TOLD = [
  "cache-control",
  "cdn-cache-control",
  "example-cdn-cache-control",
  "surrogate-control",
  "x-accel-expires",
  "expires",
  "maintenance-mode",
];

type Fields = Record<string, string | string[] | undefined>;

function askHttp1(port: number, path: string, headers: Record<string, string>): Promise<Fields> {
  return new Promise((resolve, reject) => {
    httpRequest({ port, host: "127.0.0.1", path, headers, agent: false }, (response) => {
      const { headers, statusCode } = response;
      response.on("end", () => resolve({ ...headers, ":status": String(statusCode) })).resume();
    }).on("error", reject).end();
  });
}

function askHttp2(port: number, path: string, headers: Record<string, string>): Promise<Fields> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`).on("error", reject);
    let fields: Fields = {};
    session.request({ ":path": path, ...headers })
      .on("response", (headers) => fields = { ...headers, ":status": String(headers[":status"]) } as Fields)
      .on("end", () => session.close(() => resolve(fields)))
      .on("error", reject)
      .resume()
      .end();
  });
}

describe.each(Object.entries(KINDS))("%s", (name, [command, kind, paths]) => {
  if (!hasFromNpm(name, command[0]!)) {
    test.skip(`${name} is missing`);
    return;
  }

  let child: ChildProcess;
  let lines: AsyncIterator<string>;
  let port: number;

  const readLine = async () => (await lines.next()).value as string;
  const set = async (state: MaintenanceState) => {
    child.stdin!.write(`${JSON.stringify(state)}\n`);
    await readLine();
  };
  /** The fields of a response that are told to caches, and its status. */
  async function ask(path: string, clientIp: string): Promise<Fields> {
    const headers = { "x-forwarded-for": clientIp };
    const fields = await (kind === "http2" ? askHttp2 : askHttp1)(port, path, headers);
    return Object.fromEntries(
      [":status", ...TOLD].filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
    );
  }

  beforeAll(async () => {
    child = spawn(command[0]!, [...command.slice(1), kind], { stdio: ["pipe", "pipe", "inherit"] });
    lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    port = Number(await readLine());
  });
  afterAll(async () => {
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.stdin!.end();
    await closed;
  });

  test.each(paths)("no shared cache may keep %s of a visitor who was let in, and of others it may", async (path) => {
    const [office, stranger] = ["10.0.0.1", "192.0.2.1"];
    await set({ mode: "off" });
    const own = await ask(path, stranger);
    await set({ mode: "on" });
    expect(await ask(path, office)).toEqual({ ":status": own[":status"], "cache-control": "private, no-store" });
    expect((await ask(path, stranger))[":status"]).toBe("503");
    await set({ mode: "on", ignoreUrls: [path] });
    expect(await ask(path, stranger)).toEqual(own);
    await set({ mode: "read-only" });
    expect(await ask(path, office)).toEqual(own);
    const isFailure = path === "/failure";
    expect(await ask(path, stranger)).toEqual(isFailure ? own : { ...own, "maintenance-mode": "read-only" });
    await set({ mode: "off" });
    expect(await ask(path, office)).toEqual(own);
    expect(await ask(path, stranger)).toEqual(own);
  });
});
