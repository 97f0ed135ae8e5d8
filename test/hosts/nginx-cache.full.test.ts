/** A real nginx with a cache that keeps whatever it may, in front of sites whose pages it may keep for five minutes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { positionOfAddress } from "../../src/gate/admit.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import type { MaintenanceState } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { freePort } from "../_free-port.ts";
import { has, SERVER_PATH } from "../_needs.ts";
import { until } from "../_until.ts";
import { configurationHead } from "../night/_nginx.ts";
import { type Running, startProcess } from "../night/_processes.ts";

const SECRET = "correct-horse-battery";
const PUBLIC = { "cache-control": "public, max-age=300", "x-accel-expires": "300" };

function configuration(directory: string, port: number, upstream: number): string {
  return `${configurationHead(directory, 1, 64)}
  proxy_cache_path ${join(directory, "cache")} keys_zone=pages:1m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_cache pages;
      # What comes without a word about caches is kept as well, an error and a response with a cookie among it.
      proxy_cache_valid any 5m;
      proxy_ignore_headers Set-Cookie Vary;
      add_header X-Cache $upstream_cache_status always;
    }
  }
}
`;
}

const isStaff = (request: Request) => request.headers.get("authorization") === "staff";
const hostOptions = { isStaff, trustProxy: ["loopback"] };

/** The ways to put the gate in front of an app that is the same to all visitors. */
const HOSTS: Record<string, (maintenance: ReturnType<typeof maintenanceMode>) => RequestListener> = {
  "withMaintenance() of Node": (maintenance) =>
    withMaintenance(maintenance, () => new Response("the page", { headers: PUBLIC }), hostOptions) as RequestListener,
  "maintenanceMiddleware()": (maintenance) => {
    const gate = maintenanceMiddleware(maintenance, hostOptions);
    const app = (_req: IncomingMessage, res: ServerResponse) => res.writeHead(200, PUBLIC).end("the page");
    return (req, res) => gate(req, res, () => app(req, res));
  },
};

/** The last to get in where a share of the visitors does. */
const STRANGER = { "x-forwarded-for": "192.0.2.7", cookie: "maintenance-admit=ffffffff" };

/** Among the first half to get in. */
const EARLY = ["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4", "198.51.100.5", "198.51.100.6"]
  .find((address) => positionOfAddress(address)! < 2 ** 31)!;

/** The visitors who get in, with the state that lets them in. */
const ADMITTED: Record<string, { headers: Record<string, string>; state?: Partial<MaintenanceState> }> = {
  staff: { headers: { ...STRANGER, authorization: "staff" } },
  "somebody of the office": { headers: { "x-forwarded-for": "10.0.0.1" } },
  "somebody with the secret of a bypass": { headers: { ...STRANGER, "maintenance-bypass": SECRET } },
  "somebody whom allow lets in": { headers: { ...STRANGER, "x-key": "let me in" } },
  "somebody whom admit lets in, by a cookie": {
    headers: { ...STRANGER, cookie: "maintenance-admit=00000001" },
    state: { admit: 0.01 },
  },
  "somebody whom admit lets in, by the address": {
    headers: { "x-forwarded-for": EARLY },
    state: { admit: 0.5 },
  },
};

describe.skipIf(!has("nginx")).each(Object.entries(HOSTS))("nginx in front of %s", (_, host) => {
  let server: Server;
  let nginx: Running;
  let directory: string;
  let origin: string;
  const state = liveState(memoryStore());

  beforeAll(async () => {
    const maintenance = maintenanceMode({
      state,
      internalIps: ["10.0.0.0/8"],
      ignoreUrls: ["/open/*"],
      bypassSecret: SECRET,
      allow: (request) => request.headers.get("x-key") === "let me in",
    });
    server = createServer(host(maintenance)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    directory = mkdtempSync(join(tmpdir(), "nginx-cache-"));
    mkdirSync(join(directory, "cache"));
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    const file = join(directory, "nginx.conf");
    writeFileSync(file, configuration(directory, port, (server.address() as AddressInfo).port));
    nginx = await startProcess(["nginx", "-p", directory, "-c", file, "-e", "stderr"], {
      env: { PATH: SERVER_PATH },
      // Killed, it would leave its workers behind.
      lastly: "SIGTERM",
    });
    await until(() => fetch(`${origin}/`).then(() => true, () => false), "nginx listens");
  });
  afterAll(async () => {
    await nginx?.end("SIGTERM");
    server?.closeAllConnections();
    server?.close();
    await state.close();
    if (directory) rmSync(directory, { recursive: true, force: true });
  });

  /** Asks for a page: the status, whether the cache had it, and what the response says about caches. */
  async function ask(path: string, headers: Record<string, string> = STRANGER) {
    const response = await fetch(`${origin}${path}`, { headers, redirect: "manual" });
    await response.arrayBuffer();
    return { status: response.status, cache: response.headers.get("x-cache"), response };
  }

  test.each(Object.entries(ADMITTED))("gives nobody what %s has got", async (name, { headers, state: more }) => {
    const path = `/${encodeURIComponent(name)}`;
    await state.set({ mode: "on", ...more });
    for (let time = 0; time < 2; time++) {
      const admitted = await ask(path, headers);
      expect([admitted.status, admitted.cache]).toEqual([200, "MISS"]);
      expect(admitted.response.headers.get("cache-control")).toBe("private, no-store");
      const stranger = await ask(path);
      expect([stranger.status, stranger.cache]).toEqual([503, "MISS"]);
    }
    await state.set({ mode: "off" });
    expect(await ask(path)).toMatchObject({ status: 200, cache: "MISS" });
    expect(await ask(path, headers)).toMatchObject({ status: 200, cache: "HIT" });
  });

  test("gives nobody what the holder of a bypass link has got", async () => {
    await state.set({ mode: "on" });
    const link = await ask(`/link?maintenance-bypass=${SECRET}`);
    expect([link.status, link.cache]).toEqual([302, "MISS"]);
    const cookie = link.response.headers.get("set-cookie")!.split(";")[0]!;
    const holder = await ask(link.response.headers.get("location")!, { ...STRANGER, cookie });
    expect([holder.status, holder.cache]).toEqual([200, "MISS"]);
    expect(await ask("/link")).toMatchObject({ status: 503, cache: "MISS" });
    // Nor has it kept the cookie.
    expect(await ask(`/link?maintenance-bypass=${SECRET}`)).toMatchObject({ status: 302, cache: "MISS" });
  });

  test("keeps what everybody may read: ignored URLs, and all pages while the site is read-only", async () => {
    await state.set({ mode: "on" });
    expect(await ask("/open/page")).toMatchObject({ status: 200, cache: "MISS" });
    expect(await ask("/open/page")).toMatchObject({ status: 200, cache: "HIT" });
    await state.set({ mode: "read-only" });
    const first = await ask("/page", ADMITTED["somebody of the office"]!.headers);
    expect([first.status, first.cache]).toEqual([200, "MISS"]);
    const second = await ask("/page");
    expect([second.status, second.cache]).toEqual([200, "HIT"]);
  });
});
