import { expect, test } from "vitest";
import { CliError } from "../../src/cli/exit-codes.ts";
import { giveUp } from "../../src/cli/change/run-end.ts";
import { plan } from "../../src/cli/change/plan.ts";
import { report } from "../../src/cli/change/report.ts";
import { readStore } from "../../src/state/store-calls.ts";
import { prepareSnapshot } from "../../src/state/state-snapshot.ts";
import { strictestPhase, viewWindows } from "../../src/cli/windows.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { cli, makePlace } from "./_cli.ts";
import { contextOf, openDesk } from "./_plan.ts";
import { withoutAuthors } from "../state/_live.ts";

const SHOP = { mode: "on", urls: ["/shop/*"] } as const;
const BLOG = { mode: "read-only", hosts: ["blog.example.com"] } as const;

/** The error of a command line that fails. */
async function failure(work: Promise<unknown>): Promise<CliError> {
  const error = await work.then(() => undefined, (error: unknown) => error);
  expect(error).toBeInstanceOf(CliError);
  return error as CliError;
}

test("on, read-only and admit with a name change that window and leave all others alone", async () => {
  const { run, read } = await openDesk({ mode: "on", internalIps: ["::1"] });
  await run("on", "--name", "shop", "--url", "/shop/*", "--allow-ip", "::1");
  await run("read-only", "--name", "blog", "--host", "blog.example.com");
  await run("admit", "25%", "--name", "shop");
  expect(await read()).toEqual({
    mode: "on",
    internalIps: ["::1"],
    windows: { shop: { ...SHOP, internalIps: ["::1"], admit: 0.25 }, blog: BLOG },
  });
  await run("on", "--reason", "All of it");
  expect((await read()).windows).toEqual({ shop: { ...SHOP, internalIps: ["::1"], admit: 0.25 }, blog: BLOG });
});

test("on with the name of a window that has ended starts anew", async () => {
  const { run, read } = await openDesk({ mode: "off", windows: { shop: { ...SHOP, end: "2020-01-01T00:00:00Z" } } });
  await run("on", "--name", "shop", "--allow-ip", "::1");
  expect(await read()).toEqual({ mode: "off", windows: { shop: { mode: "on", internalIps: ["::1"] } } });
});

test("off with a name removes that window, also one that has ended, and no empty list stays", async () => {
  const ended = { ...SHOP, end: "2020-01-01T00:00:00Z" };
  const { run, read } = await openDesk({ mode: "off", windows: { shop: ended, blog: BLOG } });
  await run("off", "--name", "shop");
  expect(await read()).toEqual({ mode: "off", windows: { blog: BLOG } });
  await run("off", "--name", "blog");
  expect(await read()).toEqual({ mode: "off" });
});

test("off --all removes everything", async () => {
  const { run, read } = await openDesk({
    mode: "on",
    windows: { shop: SHOP, later: { mode: "on", start: "2999-01-01T00:00:00Z" } },
  });
  await run("off", "--all");
  expect(await read()).toEqual({ mode: "off" });
});

test("off alone turns off the maintenance without a name if that one alone is on", async () => {
  const later = { mode: "on", start: "2999-01-01T00:00:00Z" } as const;
  const { run, read } = await openDesk({ mode: "on", windows: { later } });
  await run("off");
  expect(await read()).toEqual({ mode: "off", windows: { later } });
  await run("off");
  expect(await read()).toEqual({ mode: "off", windows: { later } });
});

test.each<[MaintenanceState, string, string[]]>([
  [{ mode: "on", windows: { shop: SHOP, blog: BLOG } }, "Several windows are on", [
    "--unnamed",
    "--name shop",
    "--name blog",
  ]],
  [{ mode: "off", windows: { shop: SHOP } }, 'Only window "shop" is on', ["--name shop"]],
  [{ mode: "off", windows: { shop: SHOP, blog: BLOG } }, "Several windows are on", ["--name shop", "--name blog"]],
])("off alone changes nothing and lists what is on in %j", async (state, message, commands) => {
  const { plan, read } = await openDesk(state);
  const error = await failure(plan("off"));
  expect(error.message).toBe(`${message}: say which to turn off. Nothing was changed`);
  expect(error.exitCode).toBe(2);
  expect(error.lines.map((line) => /off (.*?) --store/.exec(line)?.[1])).toEqual([...commands, "--all"]);
  expect(await read()).toEqual(state);
});

test("off --unnamed turns off the maintenance without a name and no other", async () => {
  const { run, read } = await openDesk({ mode: "on", windows: { shop: SHOP } });
  await run("off", "--unnamed");
  expect(await read()).toEqual({ mode: "off", windows: { shop: SHOP } });
});

test.each<[MaintenanceState, string, string]>([
  [
    { mode: "off", windows: { shop: SHOP, blog: BLOG } },
    "shp",
    'no window is named "shp": did you mean "shop"? There are blog, shop',
  ],
  [{ mode: "off", windows: { shop: SHOP, blog: BLOG } }, "search", 'no window is named "search": there are blog, shop'],
  [{ mode: "off" }, "shop", 'no window is named "shop", and none has a name'],
  [{ mode: "on" }, "shop", 'no window is named "shop", and none has a name: what is on has none, leave out --name'],
  [{ mode: "off" }, "constructor", 'no window is named "constructor", and none has a name'],
])("off and admit refuse in %j the name %j", async (state, name, message) => {
  const { plan } = await openDesk(state);
  for (const command of [["off"], ["admit", "5%"]]) {
    const error = await failure(plan(...command, "--name", name));
    expect(error).toMatchObject({ message, exitCode: 2 });
  }
});

test.each([
  [["off", "--name", "shop", "--all"], '"--name" and "--all" contradict each other: give one of them'],
  [["off", "--unnamed", "--all"], '"--unnamed" and "--all" contradict each other: give one of them'],
  [
    ["off", "--all", "--restore"],
    '"--all" turns everything off, and "--restore" goes back to what was on: give one of them',
  ],
  [
    ["on", "--name=-x"],
    '"--name" must be a name of 1 to 64 letters, digits, "_", "-" and ".", which begins with a letter or a digit, received "-x"',
  ],
])("%j is refused", async (args, message) => {
  const { plan } = await openDesk({ mode: "on", windows: { shop: SHOP } });
  expect(await failure(plan(...args))).toMatchObject({ message, exitCode: 2 });
});

test("a window with a name needs a valid state, which may have others", async () => {
  const { plan, store } = await openDesk();
  await store.write!('{"mode":"on","windows":{"blog":{"mode":"on"}},}');
  const error = await failure(plan("on", "--name", "shop"));
  expect(error).toMatchObject({ exitCode: 4, message: expect.stringContaining("The state in memory is not valid") });
});

test("two operators who change different windows at the same time both win", async () => {
  const { plan, run, read, commit } = await openDesk({ mode: "on", internalIps: ["::1"] });
  const planned = await Promise.all([
    plan("on", "--name", "shop", "--url", "/shop/*", "--allow-ip", "::1"),
    plan("read-only", "--name", "blog", "--host", "blog.example.com"),
    plan("off"),
  ]);
  await Promise.all(planned.map(commit));
  const state = await read();
  expect(state).toEqual({ mode: "off", windows: { shop: { ...SHOP, internalIps: ["::1"] }, blog: BLOG } });
  // What a command has planned on is what the other one has left.
  const late = await plan("off", "--name", "shop");
  await run("on", "--name", "docs", "--allow-ip", "::1");
  const { planned: made } = await commit(late);
  expect(made.former.snapshot?.state.windows).toHaveProperty("docs");
  expect(await read()).toEqual({ mode: "off", windows: { blog: BLOG, docs: { mode: "on", internalIps: ["::1"] } } });
});

test("of two operators who change the same window at the same time, the second is told and changes nothing", async () => {
  const { plan, run, read, commit } = await openDesk({ mode: "off", windows: { shop: SHOP } });
  const late = await plan("on", "--name", "shop", "--reason", "Mine", "--allow-ip", "::1");
  await run("on", "--name", "shop", "--reason", "Theirs", "--allow-ip", "::1");
  const error = await failure(commit(late));
  expect(error).toMatchObject({
    exitCode: 6,
    message:
      'Someone else changed window "shop" at the same time. Their change stays: run the command again to replace it',
    lines: [
      expect.stringMatching(
        /^it is now: {"mode":"on","reason":"Theirs","urls":\["\/shop\/\*"\],"internalIps":\["::1"\],"by":/,
      ),
    ],
  });
  expect((await read()).windows.shop.reason).toBe("Theirs");
});

test("off --all does not remove a window of which it does not know", async () => {
  const { plan, run, read, commit } = await openDesk({ mode: "off", windows: { shop: SHOP } });
  const late = await plan("off", "--all");
  await run("read-only", "--name", "blog", "--host", "blog.example.com");
  expect(await failure(commit(late))).toMatchObject({ exitCode: 6 });
  expect((await read()).windows).toEqual({ shop: SHOP, blog: BLOG });
});

test("run keeps its owner in its window, and goes back to what that was without touching others", async () => {
  const { run, read, goBack } = await openDesk({ mode: "off", windows: { shop: { ...BLOG, reason: "Before" } } });
  const written = await run("run", "--name", "shop", "--", "true");
  expect(await read()).toEqual({
    mode: "off",
    windows: {
      shop: {
        ...BLOG,
        mode: "on",
        reason: "Before",
        owner: expect.stringMatching(/^run /),
        former: { ...BLOG, reason: "Before" },
      },
    },
  });
  await run("on", "--name", "docs", "--allow-ip", "::1");
  expect(await goBack(written)).toBe(true);
  expect((await read()).windows).toEqual({
    shop: { ...BLOG, reason: "Before" },
    docs: { mode: "on", internalIps: ["::1"] },
  });
});

test("run removes its window if there was none before, and leaves the stored text as somebody wrote it", async () => {
  const { run, read, store, goBack } = await openDesk();
  const text = '{ "mode": "off",   "windows": { "blog": { "mode": "on" } } }';
  await store.write!(text);
  const written = await run("run", "--name", "shop", "--", "true");
  expect((await read()).windows.shop.owner).toMatch(/^run /);
  expect(await goBack(written)).toBe(true);
  expect((await readStore(store))!.text).toBe(text);
});

test("run without a name goes back without touching windows that changed meanwhile", async () => {
  const { run, read, goBack } = await openDesk({ mode: "on", reason: "Before", windows: { shop: SHOP } });
  const written = await run("run", "--reason", "Now", "--", "true");
  expect((await read()).former).toEqual({ mode: "on", reason: "Before" });
  await run("off", "--name", "shop");
  expect(await goBack(written)).toBe(true);
  expect(await read()).toEqual({ mode: "on", reason: "Before" });
});

test("a run that failed leaves its window on, and off --restore with its name goes back", async () => {
  const { run, read } = await openDesk({ mode: "on", windows: { shop: BLOG } });
  const { planned } = await run("run", "--name", "shop", "--", "false");
  const left = await giveUp(planned);
  expect(withoutAuthors(left?.state)).toEqual({ mode: "on", windows: { shop: { ...BLOG, mode: "on", former: BLOG } } });
  await run("off", "--restore", "--name", "shop");
  expect(await read()).toEqual({ mode: "on", windows: { shop: BLOG } });
});

test("a run does not go back in a window that somebody else has taken over", async () => {
  const { run, read, goBack } = await openDesk();
  const written = await run("run", "--name", "shop", "--", "true");
  await run("on", "--name", "shop", "--reason", "Theirs", "--allow-ip", "::1");
  expect(await goBack(written)).toBe(false);
  expect((await read()).windows.shop).toEqual({ mode: "on", reason: "Theirs", internalIps: ["::1"] });
});

test("viewWindows() lists what has no name first, then what is on, then what begins next, then what has ended", async () => {
  const now = Date.UTC(2026, 10, 28, 12);
  const views = viewWindows(
    await prepareSnapshot({
      mode: "on",
      start: "2026-12-24T00:00:00Z",
      windows: {
        ended: { mode: "on", end: "2026-11-28T12:00:00Z" },
        sunday: { mode: "on", recurring: [{ cron: "0 1 * * SUN", duration: "1h", timeZone: "Europe/Amsterdam" }] },
        soon: { mode: "on", start: "2026-11-28T12:00:01Z", end: "2026-11-28T13:00:00Z" },
        reading: { mode: "read-only" },
        noon: { mode: "on", recurring: [{ cron: "0 12 * * *", duration: "30m" }] },
        off: { mode: "off" },
      },
    }),
    now,
  );
  const time = (ms: number | undefined) => ms === undefined ? "" : new Date(ms).toISOString().slice(5, 16);
  expect(
    views.map(({ name, phase, beginsAt, endsAt, beginsAgainAt }) =>
      [name, phase, time(beginsAt), time(endsAt), time(beginsAgainAt)].join(" ").trimEnd()
    ),
  ).toEqual([
    " scheduled 12-24T00:00",
    "noon on  11-28T12:30 11-29T12:00",
    "reading read-only",
    "soon scheduled 11-28T12:00 11-28T13:00",
    "sunday scheduled 11-29T00:00 11-29T01:00 12-06T00:00",
    "ended ended  11-28T12:00",
    "off off",
  ]);
  expect(strictestPhase(views)).toBe("on");
  expect(strictestPhase([])).toBe("off");
});

test("windows prints what is on, planned and over, in local time and UTC, in at most 100 columns", async () => {
  const { store, write } = makePlace();
  write(JSON.stringify({
    mode: "off",
    windows: {
      shop: {
        mode: "on",
        end: "2999-01-01T00:00:00Z",
        urls: ["/shop/*", "/cart/*"],
        hosts: ["a.example.com"],
        reason: "Moving house ".repeat(20).trim(),
        by: "root@web1",
      },
      sunday: { mode: "on", recurring: [{ cron: "0 1 29 2 *", duration: "1h", timeZone: "Europe/Amsterdam" }] },
      old: { mode: "on", end: "2020-01-01T00:00:00Z", bypass: `sha256:${"a".repeat(22)}:${"b".repeat(43)}` },
    },
  }));
  const [text, json] = await Promise.all([
    cli(["windows", "--store", store], { env: { TZ: "Europe/Amsterdam" } }),
    cli(["windows", "--store", store, "--json"], { env: { TZ: "Europe/Amsterdam" } }),
  ]);
  expect([text.code, text.stderr]).toEqual([0, ""]);
  expect(text.stdout.split("\n").filter((line) => line.length > 100 && !line.startsWith("To turn"))).toEqual([]);
  expect(
    text.stdout.replace(/, in [^\n]*|, [^,\n]* ago/g, "").replace(/Moving(?:\s+(?:Moving|house))+/, "Moving house"),
  )
    .toBe(
      `shop  on
  ends         2999-01-01 01:00:00 +01:00 Europe/Amsterdam, 00:00:00 UTC
  hosts        a.example.com
  urls         /shop/*, /cart/*
  reason       Moving house
  by           root@web1
sunday  recurring
  begins       2028-02-29 01:00:00 +01:00 Europe/Amsterdam, 00:00:00 UTC
  ends         2028-02-29 02:00:00 +01:00 Europe/Amsterdam, 01:00:00 UTC
  again        2032-02-29 01:00:00 +01:00 Europe/Amsterdam, 00:00:00 UTC
  every        0 1 29 2 * for 1h (Europe/Amsterdam)
  part         the whole site
old  ended
  ended        2020-01-01 01:00:00 +01:00 Europe/Amsterdam, 00:00:00 UTC
  part         the whole site

To turn one off: maintenancemode off --name <name> --store ${store}
`,
    );
  expect(json.json).toMatchObject({ store, timeZone: "Europe/Amsterdam" });
  expect(json.json.windows[1]).toEqual({
    name: "sunday",
    inForce: false,
    phase: "scheduled",
    beginsAt: "2028-02-29T00:00:00Z",
    endsAt: "2028-02-29T01:00:00Z",
    beginsAgainAt: "2032-02-29T00:00:00Z",
    overdueMs: null,
    state: { mode: "on", recurring: [{ cron: "0 1 29 2 *", duration: "1h", timeZone: "Europe/Amsterdam" }] },
    undo: `maintenancemode off --name sunday --store ${store}`,
  });
  expect(json.stdout).not.toContain("sha256");
});

test("off --all names each run that it takes over from", async () => {
  const { run, opened } = await openDesk();
  await run("run", "--name", "shop", "--", "true");
  await run("run", "--", "true");
  const context = contextOf("off", "--all");
  report(context, await plan(context, opened, "off"));
  expect(context.output.notes).toEqual([
    expect.stringMatching(/^this takes over from run .*, which goes on without maintenance if it is still running$/),
    expect.stringMatching(/^this takes over from run .*, which goes on without maintenance if it is still running$/),
  ]);
});
