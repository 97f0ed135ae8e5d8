import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";

const source = (name: string) => fileURLToPath(new URL(`../../src/${name}`, import.meta.url));

// A fresh process each time, since an adapter that was loaded stays loaded.
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "maintenancemode-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a script that has `maintenanceMode`, `withMaintenance` and `createServer`; gives what it prints. */
async function run(code: string, external: string[] = []): Promise<{ out: string; errors: string }> {
  const script = join(folder, "stdin.mjs");
  await build({
    stdin: {
      contents: `import { createServer } from "node:http";
        import { withMaintenance } from ${JSON.stringify(source("hosts/node.ts"))};
        import { maintenanceMode } from ${JSON.stringify(source("index.ts"))};
        ${code}`,
      resolveDir: import.meta.dirname,
    },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is imported late stays a file of its own.
    splitting: true,
    format: "esm",
    platform: "node",
    external,
    // For packages in CommonJS.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, errors };
}

/** Starts the server, and makes a function that sends a request and gives status and body. */
const ASK = `
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  const ask = async (path) => {
    const response = await fetch("http://127.0.0.1:" + port + path, { method: "POST", body: "sent" });
    return response.status + " " + await response.text();
  };
`;

test("withMaintenance() answers requests that arrive before its adapter is loaded", async () => {
  const { out, errors } = await run(`
    const app = async (request) => new Response(await request.text() + new URL(request.url).pathname);
    const server = createServer(withMaintenance(maintenanceMode({ ignoreUrls: ["/a"] }), app));
    ${ASK}
    console.log(JSON.stringify(await Promise.all(["/a", "/b"].map(ask))));
    server.close();
  `);
  expect(errors).toBe("");
  expect(JSON.parse(out)).toEqual(["200 sent/a", "200 sent/b"]);
});

test("withMaintenance() answers 500 where its adapter cannot be loaded, and onError gets the error", async () => {
  const { out } = await run(
    `
    const codes = [];
    const gate = maintenanceMode({ onError: ({ code }) => codes.push(code) });
    const server = createServer(withMaintenance(gate, () => new Response("app")));
    ${ASK}
    console.log(JSON.stringify([await ask("/a"), await ask("/b"), codes]));
    server.close();
  `,
    ["@whatwg-node/server"],
  );
  expect(JSON.parse(out)).toEqual(["500 ", "500 ", ["ERR_MODULE_NOT_FOUND"]]);
});

test("withMaintenance() does not ask the app for a client that has gone away before its adapter was loaded", async () => {
  // Not over a socket: it takes as long as it takes.
  const { out } = await run(`
    let asked = 0;
    const listener = withMaintenance(maintenanceMode(), () => (asked++, new Response("app")));
    const server = createServer(listener);
    listener({ url: "/", headers: {}, socket: {} }, { destroyed: true, writeHead() {}, end() {} });
    ${ASK}
    await ask("/");
    console.log(asked);
    server.close();
  `);
  expect(out).toBe("1\n");
});
