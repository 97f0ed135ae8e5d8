import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import middie from "@fastify/middie";
import { Response as NodeFetchResponse } from "@whatwg-node/fetch";
import express from "express";
import Fastify from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { withMaintenance } from "../../src/hosts/cloudflare.ts";
import { addFields } from "../../src/hosts/common/fields.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import type { MaintenanceOptions, MaintenanceState } from "../../src/index.ts";
import { hashSecret } from "../../src/bypass/secret.ts";
import { siteOf } from "../bypass/_site.ts";

const PRIVATE = "private, no-store";
const PUBLIC = "public, max-age=300";
const SECRET = "correct-horse-battery";
const OFFICE = "10.0.0.1";

/** The fields of a public response that a visitor of a site in some state gets. */
async function fieldsFor(
  state: MaintenanceState,
  { options = {}, method = "GET", path = "/", headers = {}, isStaff = () => false }: {
    options?: MaintenanceOptions;
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    isStaff?: () => boolean | Promise<boolean>;
  } = {},
): Promise<Headers> {
  const app = () => new Response("text", { headers: { "cache-control": PUBLIC, "cdn-cache-control": "max-age=9" } });
  const { gate } = siteOf({ ignoreUrls: ["/open"], internalIps: [OFFICE], ...options }, state);
  const request = new Request(`https://site.test${path}`, { method, headers });
  const response = await withMaintenance(gate, app, { isStaff })(request, {}, {});
  expect(response.status).toBe(200);
  return response.headers;
}

const office = { headers: { "cf-connecting-ip": OFFICE } };

test.each<[string, MaintenanceState, Parameters<typeof fieldsFor>[1]]>([
  ["staff", { mode: "on" }, { isStaff: () => true }],
  ["staff whom a promise tells", { mode: "on" }, { isStaff: () => Promise.resolve(true) }],
  ["an internal address", { mode: "on" }, office],
  ["the secret of a bypass of the state", { mode: "on", bypass: hashSecret(SECRET) }, {
    headers: { "maintenance-bypass": SECRET },
  }],
  ["the secret of a bypass", { mode: "on" }, {
    options: { bypassSecret: SECRET },
    headers: { "maintenance-bypass": SECRET },
  }],
  ["allow", { mode: "on" }, { options: { allow: () => true } }],
  ["admit", { mode: "on", admit: 1 }, {}],
  ["staff, for a form, while the site is read-only", { mode: "read-only" }, { method: "POST", isStaff: () => true }],
  ["an internal address, for a GET that writes, while the site is read-only", { mode: "read-only" }, {
    options: { writes: ["GET /"] },
    ...office,
  }],
  ["an internal address, where enabled closes the site as well", { mode: "read-only" }, {
    options: { enabled: true },
    ...office,
  }],
])(
  "withMaintenance() keeps shared caches from keeping what a visitor gets who was let in: %s",
  async (_, state, who) => {
    const fields = await fieldsFor(state, who);
    expect([fields.get("cache-control"), fields.has("cdn-cache-control"), fields.has("maintenance-mode")]).toEqual([
      PRIVATE,
      false,
      false,
    ]);
  },
);

test.each<[string, MaintenanceState, Parameters<typeof fieldsFor>[1], string | null]>([
  ["maintenance is off", { mode: "off" }, office, null],
  ["another part of the site is closed", { mode: "on", urls: ["/shop"] }, office, null],
  ["the URL is ignored", { mode: "on" }, { path: "/open" }, null],
  ["the site is read-only", { mode: "read-only" }, {}, "read-only"],
  ["the site is read-only and the URL ignored", { mode: "read-only" }, { path: "/open", method: "POST" }, "read-only"],
  ["the site is read-only and the visitor may write", { mode: "read-only" }, office, null],
  [
    "the site is read-only and a POST reads",
    { mode: "read-only", reads: ["POST /"] },
    { method: "POST", ...office },
    null,
  ],
  ["another part of the site is read-only", { mode: "read-only", urls: ["/shop"] }, {}, null],
  ["admittedCaching says so", { mode: "on" }, { options: { admittedCaching: "leave" }, ...office }, null],
])("withMaintenance() leaves to the app what caches may keep where %s", async (_, state, who, mode) => {
  const fields = await fieldsFor(state, who);
  expect([fields.get("cache-control"), fields.get("cdn-cache-control"), fields.get("maintenance-mode")]).toEqual([
    PUBLIC,
    "max-age=9",
    mode,
  ]);
});

test("withMaintenance() says that the site is read-only on no failure of the app", async () => {
  const { gate } = siteOf({}, { mode: "read-only" });
  const ask = (status: number) => withMaintenance(gate, () => new Response("text", { status }))(request(), {}, {});
  const modes = await Promise.all(
    [404, 499, 500, 503].map(async (status) => (await ask(status)).headers.get("maintenance-mode")),
  );
  expect(modes).toEqual(["read-only", "read-only", null, null]);
});

const request = () => new Request("https://site.test/");

describe("addFields()", () => {
  const FIELDS = [["cache-control", PRIVATE]] as const;

  test("changes no Headers that an app gives to all its responses, of any class", async () => {
    const headers = new Headers({ "cache-control": PUBLIC });
    for (const ResponseClass of [Response, NodeFetchResponse, class extends Response {}]) {
      const added = addFields(new ResponseClass("text", { headers }) as Response, FIELDS);
      expect([added.headers.get("cache-control"), await added.text()]).toEqual([PRIVATE, "text"]);
    }
    expect(headers.get("cache-control")).toBe(PUBLIC);
  });

  test("copies a response of the class that a server has put in place of the runtime's, if it keeps what it is given", () => {
    class Lazy extends Response {
      override readonly headers: Headers;
      constructor(body: BodyInit | null, init: { headers?: Headers } = {}) {
        super(body, init);
        this.headers = init.headers ?? new Headers();
      }
    }
    const headers = new Headers({ "cache-control": PUBLIC });
    const { Response: own } = globalThis;
    globalThis.Response = Lazy as never;
    try {
      const response = new Lazy("text", { headers });
      expect(addFields(response, FIELDS)).not.toBe(response);
    } finally {
      globalThis.Response = own;
    }
  });
});

describe("maintenanceMiddleware()", () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  /** Asks a server in front of a part of the site. */
  async function ask(server: Server, path: string): Promise<(string | number | null)[]> {
    if (!server.listening) {
      servers.push(server);
      await once(server.listen(0, "127.0.0.1"), "listening");
    }
    const { port } = server.address() as AddressInfo;
    const headers = { connection: "close" };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers, redirect: "manual" });
    await response.arrayBuffer();
    return [response.status, response.headers.get("cache-control"), response.headers.get("expires")];
  }

  const gate = maintenanceMiddleware(maintenanceMode({ enabled: true, internalIps: ["127.0.0.1"] }));

  test("has the last word about caches in Express", async () => {
    const app = express();
    app.use(gate);
    app.use((_req, res, next) => {
      res.set({ "Cache-Control": PUBLIC, Expires: "Thu, 01 Jan 2099 00:00:00 GMT" });
      next();
    });
    app.get("/file", (_req, res) => res.sendFile(import.meta.filename, { maxAge: "1h", immutable: true }));
    app.get("/json", (_req, res) => void res.json({}));
    app.get("/redirect", (_req, res) => res.redirect(301, "/json"));
    app.get("/status", (_req, res) => void res.sendStatus(404));
    app.get("/writes", (_req, res) => {
      res.write("te");
      res.end("xt");
    });
    const server = createServer(app);
    expect(await ask(server, "/file")).toEqual([200, PRIVATE, null]);
    expect(await ask(server, "/json")).toEqual([200, PRIVATE, null]);
    expect(await ask(server, "/redirect")).toEqual([301, PRIVATE, null]);
    expect(await ask(server, "/status")).toEqual([404, PRIVATE, null]);
    expect(await ask(server, "/writes")).toEqual([200, PRIVATE, null]);
  });

  test("has the last word about caches in Fastify", async () => {
    const app = Fastify();
    await app.register(middie);
    app.use(gate);
    app.get("/", (_request, reply) => reply.header("Cache-Control", PUBLIC).header("Expires", "0").send("text"));
    await app.ready();
    expect(await ask(app.server, "/")).toEqual([200, PRIVATE, null]);
  });

  test("has it before middleware that was registered earlier, and after what was registered later", async () => {
    const heads: unknown[] = [];
    const spy = (name: string) => (_req: unknown, res: ServerResponse, next: () => void) => {
      const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => never;
      res.writeHead = (...args: unknown[]) => {
        heads.push([name, res.getHeader("cache-control")]);
        return writeHead(...args);
      };
      next();
    };
    const app = express().use(spy("outer"), gate, spy("inner"));
    app.get("/", (_req, res) => void res.set("Cache-Control", PUBLIC).end());
    expect(await ask(createServer(app), "/")).toEqual([200, PRIVATE, null]);
    expect(heads).toEqual([["inner", PUBLIC], ["outer", PRIVATE]]);
  });
});
