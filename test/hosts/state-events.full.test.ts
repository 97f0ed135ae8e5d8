/** The events "begin" and "end" by the clock, in each runtime. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { describe, expect, test } from "vitest";
import { hasFromNpm } from "../_needs.ts";
import { until } from "../_until.ts";
import { commandsOf } from "./_fixture.ts";

const { deno, bun, node } = commandsOf("state-events");

describe.concurrent("begin and end come by the clock, once each", () => {
  test.for(Object.entries({ "Node 20": node("node20"), Node: node("node"), Deno: deno, Bun: bun }))(
    "in %s",
    async ([name, [command, ...args]]) => {
      if (!hasFromNpm(name, command)) return;
      const { stdout } = await promisify(execFile)(command, args);
      const events = JSON.parse(stdout) as [string, number][];
      expect(events.map(([event]) => event)).toEqual(["begin", "end"]);
      // Never early: a listener may rely on it that the site is closed.
      expect(events.filter(([, late]) => late < 0)).toEqual([]);
    },
  );

  test("in Workers, with the first request after the start and after the end", async () => {
    const { outputFiles: [bundle] } = await build({
      entryPoints: [join(import.meta.dirname, "state-events.worker.ts")],
      bundle: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["workerd"],
      write: false,
      logLevel: "error",
    });
    const worker = new Miniflare({ modules: true, script: bundle!.text, compatibilityDate: "2026-07-01", cf: false });
    try {
      const ask = async (path: string) =>
        await (await worker.dispatchFetch(`http://site.test${path}`)).json() as string[];
      expect(await ask("/start-soon")).toEqual([]);
      await until(async () => (await ask("/")).length > 0, "it has begun");
      expect(await ask("/end-soon")).toEqual(["begin"]);
      await until(async () => (await ask("/")).length > 1, "it has ended");
      expect(await ask("/")).toEqual(["begin", "end"]);
    } finally {
      await worker.dispose();
    }
  });
});
