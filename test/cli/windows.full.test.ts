import { expect, test } from "vitest";
import { cli, makePlace, startCli, startSite, until } from "./_cli.ts";

/** A command of Node's. */
const script = (source: string) => [process.execPath, "-e", source];

test("six operators who turn on six windows at the same time all win", async () => {
  const { store, read } = makePlace();
  const names = ["a", "b", "c", "d", "e", "f"];
  const results = await Promise.all(
    names.map((name) => cli(["on", "--name", name, "--url", `/${name}/*`, "--store", store, "--allow-ip", "::1"])),
  );
  expect(results.map(({ code }) => code)).toEqual(names.map(() => 0));
  const { mode, windows } = read();
  expect(mode).toBe("off");
  expect(Object.keys(windows).sort()).toEqual(names);
});

/** What `off` prints, without the line that depends on the clock. */
function withoutLasted(stdout: string): string {
  return stdout.replace(/^ {2}lasted {7}\d+s, since [\d: +-]+(?:UTC)?, by .+\n/m, "");
}

test("the night of an operator with several windows: on, status, off, off --name, off --all", async () => {
  const { store, read } = makePlace();
  const on = await cli(["on", "--name", "shop", "--url", "/shop/*", "--store", store, "--allow-ip", "::1"]);
  expect(on.stdout).toMatch(/^Window "shop" is now on for part of the site\.\n/);
  expect(on.stdout).toContain(`  undo         maintenancemode off --name shop --store ${store}\n`);
  const again = await cli(["on", "--name", "shop", "--store", store, "--reason", "Moving", "--json"]);
  expect(again.json).toMatchObject({
    name: "shop",
    inForce: true,
    phase: "on",
    changed: true,
    state: { mode: "off", windows: { shop: { reason: "Moving" } } },
    former: { mode: "off", windows: { shop: { urls: ["/shop/*"] } } },
    undo: `maintenancemode off --name shop --store ${store}`,
  });
  const status = await cli(["status", "--store", store, "--exit-code"]);
  expect(status.code).toBe(10);
  expect(status.stdout).toContain("Maintenance is on for part of the site, in 1 window with a name.\n");
  expect(status.stdout).toMatch(/\n1 window with a name: see maintenancemode windows .*\n {2}shop {2}on, \/shop\/\*\n/);
  const readOnly = await cli(["read-only", "--store", store]);
  expect(readOnly.stdout).toMatch(/^The site is now read-only\.\n/);
  expect(readOnly.stdout).toContain("  also on      shop (/shop/*)\n");
  expect(readOnly.stdout).toContain(`  undo         maintenancemode off --unnamed --store ${store}\n`);
  const off = await cli(["off", "--store", store]);
  expect(off.stderr).toBe(`maintenancemode: Several windows are on: say which to turn off. Nothing was changed
  maintenancemode off --unnamed --store ${store}    # (unnamed) (read-only)
  maintenancemode off --name shop --store ${store}  # shop (/shop/*)
  maintenancemode off --all --store ${store}        # all of them, and all that are planned
Run maintenancemode off --help
`);
  expect(off.code).toBe(2);
  const one = await cli(["off", "--name", "shop", "--store", store]);
  expect(withoutLasted(one.stdout)).toBe(
    `Window "shop" is now off.\n  also on      (unnamed) (read-only)\n  store        ${store}\n`,
  );
  expect(read()).toEqual({ mode: "read-only" });
  await cli(["on", "--name", "later", "--store", store, "--start", "1d", "--allow-ip", "::1"]);
  const all = await cli(["off", "--all", "--store", store]);
  expect(withoutLasted(all.stdout)).toBe(`Maintenance is now off.\n  removed      later\n  store        ${store}\n`);
  expect(read()).toEqual({ mode: "off" });
  expect((await cli(["off", "--all", "--store", store])).stdout).toMatch(/^Maintenance is already off\.\n/);
});

test("status --exit-code tells of the strictest window", async () => {
  const { store, write } = makePlace();
  const code = async (windows: Record<string, unknown>) => {
    write(JSON.stringify({ mode: "off", windows }));
    return (await cli(["status", "--store", store, "--exit-code"])).code;
  };
  const later = { mode: "on", start: "2999-01-01T00:00:00Z" };
  expect(await code({ a: { mode: "on", end: "2020-01-01T00:00:00Z" } })).toBe(0);
  expect(await code({ a: later })).toBe(12);
  expect(await code({ a: later, b: { mode: "read-only" } })).toBe(11);
  expect(await code({ a: later, b: { mode: "read-only" }, c: { mode: "on" } })).toBe(10);
});

/** Starts a wait for a window with the request that the site holds. It is on by then. */
async function waitForHeld(store: string, url: string): Promise<ReturnType<typeof startCli>> {
  const waiting = startCli([
    "on",
    "--name",
    "held",
    "--url",
    "/held",
    "--url",
    "/probe",
    "--store",
    store,
    "--wait",
    "30s",
  ]);
  await until(async () => (await fetch(`${url}/probe`)).status === 503, "the window is on");
  return waiting;
}

test("on --name --wait waits for its own window, whatever others change meanwhile", async () => {
  const { store } = makePlace();
  const site = await startSite(store);
  const { answer } = await site.hold();
  const waiting = await waitForHeld(store, site.url);
  const other = await cli([
    "on",
    "--name",
    "blog",
    "--url",
    "/blog/*",
    "--store",
    store,
    "--allow-ip",
    "::1",
    "--json",
  ]);
  await until(async () => (await fetch(`${site.url}/blog/1`)).status === 503, "the other window is on");
  await until(async () => {
    const { json } = await cli(["status", "--store", store, "--json"]);
    return json.instances[0].revision === other.json.revision;
  }, "the site says so");
  site.release();
  const { code, stdout, stderr } = await waiting.done;
  expect(await answer).toBe("hello");
  expect(stdout).toMatch(/\nSAFE TO MIGRATE what serves \/held, \/probe\n$/);
  expect(stderr).not.toContain("Someone else");
  expect(code).toBe(0);
});

test("on --name --wait says so when somebody else changes the same window", async () => {
  const { store, read } = makePlace();
  const site = await startSite(store);
  await site.hold();
  const waiting = await waitForHeld(store, site.url);
  await cli(["read-only", "--name", "held", "--store", store]);
  const { code, stderr } = await waiting.done;
  expect(stderr).toContain('Someone else changed window "held" during the wait: run maintenancemode windows\n');
  expect(code).toBe(6);
  expect(read().windows.held.mode).toBe("read-only");
  site.release();
});

test("run --name closes its window for the command alone, and leaves others as they are", async () => {
  const { store, read } = makePlace();
  const site = await startSite(store);
  await cli(["on", "--name", "blog", "--url", "/blog/*", "--store", store, "--allow-ip", "::1"]);
  const source = `Promise.all(["/shop", "/blog/1", "/"].map((path) => fetch(${JSON.stringify(site.url)} + path)))
    .then((responses) => console.log(responses.map(({ status }) => status).join()))`;
  const { code, stdout, stderr } = await cli(
    ["run", "--name", "shop", "--url", "/shop", "--store", store, "--", ...script(source)],
  );
  expect(stdout).toBe("503,503,200\n");
  expect(stderr).toContain("  also on      blog (/blog/*)\n");
  expect(stderr).toContain("Also on: blog (/blog/*).\nSAFE TO MIGRATE what serves /shop\n");
  expect(stderr).toContain('The command succeeded. Window "shop" is off.\n');
  expect(code).toBe(0);
  expect(Object.keys(read().windows)).toEqual(["blog"]);
  expect((await fetch(`${site.url}/shop`)).status).toBe(200);
});

test("explain says which window answers", async () => {
  const { store, write } = makePlace();
  write(
    '{"mode":"off","windows":{"shop":{"mode":"on","urls":["/shop/*"]},"blog":{"mode":"read-only","urls":["/blog/*"]}}}',
  );
  const [shop, other] = await Promise.all(
    ["/shop/1", "/"].map((path) => cli(["explain", path, "--store", store, "--json"])),
  );
  expect(shop!.json).toMatchObject({ because: "maintenance", window: "shop", inForce: true, phase: "on" });
  expect(other!.json).toMatchObject({
    outcome: "pass",
    because: "off",
    window: null,
    why: "maintenance is only for shop (/shop/*); blog (/blog/*, read-only)",
  });
  const { stdout } = await cli(["explain", "/blog/1", "--method", "POST", "--store", store]);
  expect(stdout).toContain('\n  window       blog\n  state        Window "blog" is read-only for part of the site.\n');
});
