import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { buffer } from "node:stream/consumers";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { maintenanceMode } from "../../src/index.ts";
import { LANGUAGES } from "../../src/answer/page/languages.ts";
import { commandsOf } from "./_fixture.ts";

const { deno, bun, node } = commandsOf("answers");

const KINDS: Record<string, readonly [command: readonly string[], kind: string]> = {
  Deno: [deno, "deno"],
  Bun: [bun, "bun"],
  "withMaintenance() in node20": [node("node20"), "node"],
  "withMaintenance() in node": [node("node"), "node"],
  "withMaintenance() in node, where a response ends later": [node("node"), "node-late"],
  "maintenanceMiddleware() in node": [node("node"), "middleware"],
  "maintenanceMiddleware() in Deno": [deno, "middleware"],
  "maintenanceMiddleware() in Bun": [bun, "middleware"],
};

const TYPES = ["text/html", "application/json", "text/plain"];
const maintenance = maintenanceMode({ enabled: true, retryAfter: 600 });

describe.each(Object.entries(KINDS))("%s", (name, [command, kind]) => {
  if (!existsSync(command[0]!) && process.env.CI !== "true") {
    test.skip(`${name} is not installed: run npm ci`);
    return;
  }

  let child: ChildProcess;
  let port: number;

  beforeAll(async () => {
    child = spawn(command[0]!, [...command.slice(1), kind], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    port = Number((await lines.next()).value);
  });
  afterAll(async () => {
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.stdin!.end();
    await closed;
  });

  const ask = (method: string, headers: Record<string, string>) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      request({ port, host: "127.0.0.1", method, path: "/shop", headers }, async (response) => {
        resolve({ status: response.statusCode!, headers: response.headers, body: await buffer(response) });
      }).on("error", reject).end();
    });

  test.each(TYPES)("%s has the same bytes and length in every language, again and again", async (accept) => {
    for (const tag of Object.keys(LANGUAGES)) {
      const headers = { accept, "accept-language": tag };
      const gate = maintenance(new Request("http://127.0.0.1/shop", { headers }));
      const expected = Buffer.from(await gate!.arrayBuffer());
      for (let i = 0; i < 3; i++) {
        const { status, body, headers: fields } = await ask("GET", headers);
        expect([status, fields["content-language"], fields["retry-after"]]).toEqual([503, tag, "600"]);
        expect(body.equals(expected), `${tag}, time ${i + 1}`).toBe(true);
        expect(fields["content-length"]).toBe(String(expected.length));
      }
    }
  });

  test("HEAD and POST get the fields of GET", async () => {
    const headers = { accept: "text/html", "accept-language": "zh" };
    const [get, head, post] = [await ask("GET", headers), await ask("HEAD", headers), await ask("POST", headers)];
    expect([head.status, head.body.length, head.headers["content-length"]]).toEqual([503, 0, String(get.body.length)]);
    expect([post.status, post.headers["content-type"]]).toEqual([503, get.headers["content-type"]]);
  });
});
