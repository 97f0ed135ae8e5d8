import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli, makePlace, startSite } from "./_cli.ts";

const root = new URL("../../", import.meta.url).pathname;

test("explain says what would happen to a request, and why", async () => {
  const { store, write } = makePlace();
  write('{"mode":"read-only","urls":["/shop/*"],"ignoreUrls":["/shop/status"],"internalIps":["10.0.0.0/8"]}');
  // The code of the site decides about staff, and this site has staff.
  await startSite(store, { staff: true });
  const ask = async (...args: string[]) => (await cli(["explain", ...args, "--store", store, "--json"])).json;
  const [outside, status, internal, staff, read, post] = await Promise.all([
    ask("https://example.com/about"),
    ask("https://example.com/shop/status", "--method", "post"),
    ask("/shop/cart", "--method", "POST", "--ip", "10.1.2.3"),
    ask("/shop/cart", "--method", "POST", "--staff"),
    ask("/shop/cart"),
    ask("/shop/cart", "--method", "POST", "--ip", "11.1.2.3"),
  ]);
  expect(outside).toMatchObject({ outcome: "pass", because: "off", why: "maintenance is only for /shop/*" });
  expect(status).toMatchObject({ outcome: "pass", because: "ignored-url", matched: "/shop/status", method: "POST" });
  expect(internal).toMatchObject({ outcome: "pass", because: "internal-ip", matched: "10.0.0.0/8", ip: "10.1.2.3" });
  expect(staff).toMatchObject({ outcome: "pass", because: "staff", staff: true });
  expect(read).toMatchObject({
    outcome: "pass",
    because: "safe-method",
    url: "http://localhost/shop/cart",
    inForce: true,
  });
  expect(post).toMatchObject({ outcome: "answer", because: "read-only", matched: null, store });
});

test("explain knows the hosts that the state closes", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on","hosts":["a.test","*.b.test"],"urls":["/shop/*"]}');
  await startSite(store);
  const ask = async (url: string) => (await cli(["explain", url, "--store", store, "--json"])).json;
  const why = "maintenance is only for /shop/* on a.test, *.b.test";
  expect(await ask("http://c.test/shop/x")).toMatchObject({ outcome: "pass", because: "off", why });
  expect(await ask("http://a.test/x")).toMatchObject({ outcome: "pass", because: "off", why });
  expect(await ask("http://x.B.test:8080/shop/x")).toMatchObject({ outcome: "answer", because: "maintenance" });
});

test("explain says in words what it took the URL for", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on"}');
  await startSite(store);
  const { code, stdout, stderr } = await cli(["explain", "/shop", "--ip", "0:0::1", "--store", store]);
  expect(stdout).toBe(
    `GET http://localhost/shop gets the maintenance answer: maintenance is on, and nothing lets the
request in.
  because      maintenance
  client       ::1
  state        Maintenance is on.
  store        ${store}
`,
  );
  expect(stderr).toBe("note: /shop was read as http://localhost/shop\n");
  expect(code).toBe(0);
});

test("explain says that an internal address counts only if the gate sees it", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on","internalIps":["203.0.113.0/24"]}');
  const ask = async (ip: string) =>
    (await cli(["explain", "https://example.com/", "--ip", ip, "--store", store])).stderr;
  expect(await ask("203.0.113.5")).toBe(
    'note: this holds where the gate sees 203.0.113.5 as the client: behind a proxy, that takes "trustProxy", see ' +
      "docs/proxies.md\n",
  );
  expect(await ask("192.0.2.1")).toBe("");
});

test("explain without --config does not claim what the site's own options decide", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on"}');
  const unknown = await cli(["explain", "https://example.com/health", "--store", store]);
  expect(unknown.stdout).toBe(
    `GET https://example.com/health cannot be decided without --config: the state keeps it out, but the
site's own code may let it in.
  because      maintenance
  client       no address given
  state        Maintenance is on.
  store        ${store}
`,
  );
  expect([unknown.stderr, unknown.code]).toEqual(["", 0]);
  const ask = async (...args: string[]) => (await cli(["explain", ...args, "--store", store, "--json"])).json;
  expect(await ask("/", "--staff")).toMatchObject({
    outcome: "unknown",
    because: "staff",
    why: "the site's own code decides whether staff gets in",
  });
  // What a process reports is known: it ignores URLs, and allows addresses, which this client does not have.
  await startSite(store, { ignoreUrls: ["/health"], internalIps: ["10.0.0.1"] });
  expect(await ask("/health")).toMatchObject({
    outcome: "unknown",
    because: "maintenance",
    why: "the state keeps it out, but the site's own code may let it in (it allows everyone at ignored URLs)",
  });
  expect((await ask("/health", "--ip", "10.0.0.1")).why).toMatch(/it allows .*internal IP addresses/);
  write('{"mode":"on","urls":["/shop/*"],"ignoreUrls":["/shop/status"]}');
  expect(await ask("/about")).toMatchObject({ outcome: "pass", because: "off" });
  expect(await ask("/shop/status")).toMatchObject({ outcome: "pass", because: "ignored-url" });
});

test("explain names the pattern by which a request reads or writes, with its methods", async () => {
  const { store, write } = makePlace();
  write('{"mode":"read-only","reads":["POST /graphql"],"writes":["GET /logout"]}');
  await startSite(store);
  const [reads, writes] = await Promise.all([
    cli(["explain", "/graphql", "--method", "POST", "--store", store]),
    cli(["explain", "/logout", "--store", store]),
  ]);
  expect(reads.stdout).toMatch(
    /^POST http:\/\/localhost\/graphql passes: the site is read-only, and the request only reads\s\(POST\s\/graphql\)\.\n/,
  );
  expect(writes.stdout).toMatch(
    /^GET .*\/logout gets the maintenance answer: the site is read-only, and the request may\swrite\s\(GET \/logout\)\.\n/,
  );
});

test("explain without --config does not claim that a request only reads, if the site's own options may say otherwise", async () => {
  const { store, write } = makePlace();
  write('{"mode":"read-only"}');
  const ask = async (method: string) =>
    (await cli(["explain", "/", "--method", method, "--store", store, "--json"])).json;
  const why = "the state lets it read, but the site's own code may count it as writing";
  expect(await ask("GET")).toMatchObject({ outcome: "unknown", because: "safe-method", why });
  await startSite(store, { writes: ["GET /logout"] });
  expect(await ask("GET")).toMatchObject({ outcome: "unknown", because: "safe-method", why });
  expect(await ask("POST")).toMatchObject({
    outcome: "unknown",
    because: "read-only",
    why: "the state keeps it out, but the site's own code may let it in (it allows requests that it counts as reading)",
  });
  write('{"mode":"on"}');
  expect(await ask("POST")).toMatchObject({ outcome: "answer", because: "maintenance" });
});

test("explain takes the options of the site from --config, and joins no fleet", async () => {
  const { store, write, folder } = makePlace();
  write('{"mode":"on"}');
  writeFileSync(
    join(folder, "options.mjs"),
    'export default { ignoreUrls: ["/health"], allow: (request) => request.headers.has("x") };',
  );
  const options = { cwd: folder };
  const health = await cli(["explain", "/health", "--config", "options.mjs", "--store", store, "--json"], options);
  expect(health.json).toMatchObject({ outcome: "pass", because: "ignored-url", matched: "/health" });
  const other = await cli(["explain", "/", "--config", "./options.mjs", "--store", store, "--json"], options);
  expect(other.json).toMatchObject({ outcome: "answer", because: "maintenance" });
  expect((await cli(["status", "--store", store, "--json"])).json.instances).toEqual([]);
});

test("explain and page refuse a gate that another version of the package has made", async () => {
  const { folder } = makePlace();
  const source =
    `export default Object.assign(() => {}, { [Symbol.for("maintenancemode.internals")]: { version: 0 } });`;
  writeFileSync(join(folder, "gate.mjs"), source);
  for (const args of [["explain", "/"], ["page"]]) {
    const { code, stderr } = await cli([...args, "--config", "gate.mjs"], { cwd: folder });
    expect(stderr).toContain(
      'Cannot use "gate.mjs" for "--config": another version of maintenancemode has made its gate: "npm ls maintenancemode"',
    );
    expect(code).toBe(2);
  }
});

test("explain asks a gate that --config exports, which has a state of its own", async () => {
  const { folder } = makePlace();
  writeFileSync(
    join(folder, "gate.mjs"),
    `import { maintenanceMode } from "${root}src/index.ts";
     import { liveState } from "${root}src/state.ts";
     import { memoryStore } from "${root}src/stores/memory.ts";
     export default maintenanceMode({ state: liveState(memoryStore('{"mode":"on"}')) });`,
  );
  const { code, json } = await cli(["explain", "/", "--config", "gate.mjs", "--json"], { cwd: folder });
  expect(json).toMatchObject({ outcome: "answer", because: "maintenance", store: null });
  expect(code).toBe(0);
  const both = await cli(["explain", "/", "--config", "gate.mjs", "--store", "a.json"], { cwd: folder });
  expect(both.stderr).toContain("has its own state");
  expect(both.code).toBe(2);
  const env = { MAINTENANCE_STORE: "a.json" };
  const alone = await cli(["explain", "http://localhost/", "--config", "gate.mjs"], { cwd: folder, env });
  expect(alone.stderr).toBe('note: the gate of "--config" has its own state: MAINTENANCE_STORE was not read\n');
  expect(alone.code).toBe(0);
});

test.each([
  [["explain", "example.com"], 'the URL must start with "http:", "https:" or "/", received "example.com"'],
  [["explain", "http://[", "--store", "a.json"], '"http://[" is not a valid URL'],
  [["explain", "/", "--method", "TRACE"], '"--method" must be a method that a Request can have, received "TRACE"'],
  [["explain", "/", "--ip", "10.0.0"], '"--ip" must be an IPv4 or IPv6 address, received "10.0.0"'],
  [
    ["explain", "/", "--ip", "::1.2.3.4"],
    '"--ip" must be an address that all programs read alike, received "::1.2.3.4"',
  ],
  [["explain", "/", "--config", "none.mjs"], 'Cannot load "none.mjs" for "--config": this file does not exist'],
  [["explain", "/"], "no store given: give --store or set MAINTENANCE_STORE to file:"],
])("explain refuses %j", async (args, message) => {
  const { folder } = makePlace();
  const { code, stdout, stderr } = await cli(args, { cwd: folder });
  expect(stdout).toBe("");
  expect(stderr).toContain(`maintenancemode: ${message}`);
  expect(stderr).toMatch(/\nRun maintenancemode explain --help\n$/);
  expect(code).toBe(2);
});

test("explain refuses options that are not valid, as the site would", async () => {
  const { folder, store } = makePlace();
  writeFileSync(join(folder, "options.mjs"), "export default { ignoreUrl: [] };");
  const { code, stderr } = await cli(["explain", "/", "--config", "options.mjs", "--store", store], { cwd: folder });
  expect(stderr).toContain('unknown name "ignoreUrl" in options: did you mean "ignoreUrls"?');
  expect(code).toBe(2);
});

test("explain does not repeat the secret of a bypass link", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on"}');
  const link = "http://localhost/shop?maintenance-bypass=correct-horse-battery";
  for (const json of [[], ["--json"]]) {
    const { stdout, stderr } = await cli(["explain", link, "--store", store, ...json]);
    expect(stdout).toContain("http://localhost/shop?maintenance-bypass=…");
    expect(stdout + stderr).not.toContain("correct-horse");
  }
});
