import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { until } from "../_until.ts";
import { ask, askAsStranger, change } from "./_ask.ts";
import { COOKIE } from "./_site.ts";

const bin = (name: string) => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));
const fixture = fileURLToPath(new URL("runtimes.fixture.ts", import.meta.url));

const COMMANDS: Record<string, string[]> = {
  Deno: [bin("deno"), "run", "-A", "--unstable-kv", fixture],
  Bun: [bin("bun"), fixture],
  Node: [bin("node"), fixture],
};

describe.each(Object.entries(COMMANDS))("in %s", (_name, [command, ...args]) => {
  test.skipIf(!existsSync(command!))("an operator closes the site, follows the drain and opens it again", async () => {
    const child = spawn(command!, args, { stdio: ["pipe", "pipe", "inherit"] });
    const closed = new Promise((done) => child.once("close", done));
    try {
      const [port] = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next().then((
        { value },
      ) => [value]);
      const origin = `http://127.0.0.1:${port}`;
      const panel = `${origin}/ops`;
      expect((await ask(panel)).text).toContain("<title>Maintenance</title>");
      expect(await askAsStranger(panel)).toMatchObject({ status: 404, text: "Not Found\n" });
      const client = new AbortController();
      const events = await fetch(`${panel}/api/events`, { headers: { cookie: COOKIE }, signal: client.signal });
      let text = "";
      const reading = (async () => {
        for await (const chunk of events.body!.pipeThrough(new TextDecoderStream())) text += chunk;
      })().catch(() => {});
      expect((await change(panel, "PUT", "window", { mode: "on" })).status).toBe(200);
      expect((await ask(origin)).status).toBe(503);
      await until(() => /"verdict":\{"safe":true/.test(text), "it is safe");
      expect((await change(panel, "DELETE", "window")).status).toBe(204);
      expect((await ask(origin)).text).toBe("Hello");
      client.abort();
      await reading;
    } finally {
      child.stdin.end();
      await closed;
    }
  }, 30_000);
});
