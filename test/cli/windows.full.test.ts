import { expect, test } from "vitest";
import { cli, makePlace } from "./_cli.ts";

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
  expect(one.stdout).toBe(`Window "shop" is now off.\n  also on      (unnamed) (read-only)\n  store        ${store}\n`);
  expect(read()).toEqual({ mode: "read-only" });
  await cli(["on", "--name", "later", "--store", store, "--start", "1d", "--allow-ip", "::1"]);
  const all = await cli(["off", "--all", "--store", store]);
  expect(all.stdout).toBe(`Maintenance is now off.\n  removed      later\n  store        ${store}\n`);
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
