/** Tests every store against the contract in every runtime that it supports. `file` and `redis` have their own files. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, type BuildOptions } from "esbuild";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasFromNpm } from "../_needs.ts";
import { startStateServer, type StateServer } from "../stores/_state-server.ts";
import type { Results } from "./hold.ts";

const root = join(import.meta.dirname, "..", "..");
const modules = join(root, "node_modules");
// Here, the bundles find the packages that they import.
const cache = join(modules, ".cache");
let folder: string;
let bundles: string;
let server: StateServer;

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  bundles = mkdtempSync(join(cache, "maintenancemode-contract-"));
  folder = mkdtempSync(join(tmpdir(), "maintenancemode-contract-"));
  server = await startStateServer();
});

afterAll(async () => {
  await server.close();
  for (const path of [bundles, folder]) rmSync(path, { recursive: true, force: true });
});

const everywhere = ["memory", "http", "unstorage/memory", "unstorage/lru-cache", "unstorage/fs"];

/** The runtimes, and the stores that each can test. */
const runtimes: Record<string, { executable?: string; stores: string[]; run(): Promise<Results> }> = {
  "Node 24": program("node/bin/node", [], everywhere),
  "Node 20": program("node20/bin/node", [], everywhere, true),
  Deno: program(".bin/deno", ["run", "-A", "--unstable-kv"], [...everywhere, "deno-kv"]),
  Bun: program(".bin/bun", [], everywhere),
  workerd: {
    stores: ["memory", "http", "cloudflare-kv"],
    async run() {
      const outfile = join(bundles, "worker.mjs");
      await bundle({
        entryPoints: [join(import.meta.dirname, "worker.ts")],
        outfile,
        platform: "neutral",
        mainFields: ["module", "main"],
        conditions: ["workerd"],
      });
      const worker = new Miniflare({
        modules: true,
        scriptPath: outfile,
        compatibilityDate: "2026-07-01",
        kvNamespaces: ["KV"],
        bindings: { ORIGIN: server.origin },
      });
      try {
        const response = await worker.dispatchFetch("http://worker.test/");
        const text = await response.text();
        if (!response.ok) throw new Error(text);
        return JSON.parse(text) as Results;
      } finally {
        await worker.dispose();
      }
    },
  },
};

function program(file: string, args: readonly string[], stores: string[], isOld = false): (typeof runtimes)[string] {
  const executable = join(modules, file);
  return {
    executable,
    stores,
    async run() {
      let entry = join(import.meta.dirname, "run.ts");
      if (isOld) {
        // Node 20 cannot strip types.
        const outfile = join(bundles, "run.mjs");
        await bundle({ entryPoints: [entry], outfile, platform: "node", packages: "external" });
        entry = outfile;
      }
      const given = [...args, entry, server.origin, folder];
      const { stdout } = await promisify(execFile)(executable, given, { cwd: root, maxBuffer: 1 << 26 });
      return JSON.parse(stdout.trim().split("\n").at(-1)!) as Results;
    },
  };
}

function bundle(options: BuildOptions): Promise<unknown> {
  return build({ bundle: true, format: "esm", target: "es2022", logLevel: "silent", ...options });
}

for (const [name, { executable, stores, run }] of Object.entries(runtimes)) {
  const isThere = executable === undefined || hasFromNpm(name, executable);
  describe.concurrent(name, { skip: !isThere }, () => {
    let running: Promise<Results> | undefined;
    test.each(stores)("%s keeps the contract", async (store) => {
      const outcome = (await (running ??= run()))[store] ?? {};
      const broken = Object.entries(outcome).filter(([, complaint]) => complaint !== null);
      expect(broken, JSON.stringify(broken)).toEqual([]);
      expect(Object.keys(outcome).length).toBeGreaterThan(20);
    });
  });
}
