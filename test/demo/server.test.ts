import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { curl, parsePrinted } from "../docs/_curl.ts";
import { type Demo, killAll, runDemo, startDemo, statusOf } from "./_demo.ts";

afterEach(killAll);

test("npm start runs the demo", () => {
  const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(scripts.start).toBe("node test/demo/server.ts");
  // A fresh clone has no build yet.
  expect(scripts.prestart).toBe("npm run build");
});

describe("Without a terminal", () => {
  test("the demo says what to try, and the lines it prints do what they say", async () => {
    const demo = await startDemo();
    const lines = Array.from(demo.output().matchAll(/^ {2}(curl .*?http\S+)/gm), ([, line]) => line!);
    const [page, clock, health, on, off] = lines as [string, string, string, string, string];
    expect(lines).toHaveLength(5);
    const answerTo = async (line: string) => parsePrinted(await curl(line));

    expect(await answerTo(page)).toMatchObject({ body: expect.stringContaining("<h1>Welcome</h1>") });
    expect(JSON.parse((await answerTo(clock)).body)).toEqual({ time: expect.any(String) });

    expect(await curl(on)).toBe("Maintenance is on: visitors get a 503\n");
    expect(await answerTo(page)).toMatchObject({
      status: "HTTP/1.1 503 Service Unavailable",
      fields: { "retry-after": "5", "cache-control": "no-store" },
      body: expect.stringContaining("<h1>Down for maintenance</h1>"),
    });
    expect(JSON.parse((await answerTo(clock)).body)).toMatchObject({ status: 503, title: "Service Unavailable" });
    expect(await answerTo(health)).toMatchObject({ status: expect.stringContaining(" 200 "), body: "ok\n" });
    expect(await statusOf(demo, "/about")).toBe(503);

    expect(await curl(off)).toBe("Maintenance is off: visitors get the site\n");
    expect(await answerTo(page)).toMatchObject({ body: expect.stringContaining("<h1>Welcome</h1>") });
    expect(await statusOf(demo, "/about")).toBe(200);
    expect(await statusOf(demo, "/nothing")).toBe(404);
    expect(demo.output()).toMatch(/off: visitors get the site\nMaintenance is on.*\nMaintenance is off.*\n$/);
  });

  test("the switch takes nothing but POST, and not from pages in a browser", async () => {
    const demo = await startDemo();
    expect(await statusOf(demo, "/maintenance/on")).toBe(405);
    const headers = { origin: "https://example.com" };
    expect(await statusOf(demo, "/maintenance/on", { method: "POST", headers })).toBe(403);
    expect(await statusOf(demo, "/maintenance/other", { method: "POST" })).toBe(404);
    expect(await statusOf(demo, "/")).toBe(200);
  });

  test("the demo takes the next free port", async () => {
    const [first, second] = [await startDemo(), await startDemo()];
    const portOf = (demo: Demo) => Number(new URL(demo.origin).port);
    expect(portOf(first)).toBeGreaterThanOrEqual(8503);
    // Below the first, where another demo has ended meanwhile.
    expect(portOf(second)).not.toBe(portOf(first));
    expect(await statusOf(second, "/")).toBe(200);
  });

  test("PORT chooses the port", async () => {
    const demo = await startDemo({ PORT: "0" });
    expect(await statusOf(demo, "/")).toBe(200);
    const { port } = new URL(demo.origin);
    expect(await runDemo({ PORT: port })).toEqual({
      code: 1,
      output:
        `Cannot start the demo: Port ${port} is taken: set PORT to another one, or leave it out for the next that is ` +
        "free\n",
    });
  });

  test.each(["http", "65536", "-1", "80.5"])("PORT=%s is refused", async (port) => {
    expect(await runDemo({ PORT: port })).toEqual({
      code: 1,
      output: `Cannot start the demo: PORT must be a whole number from 0 to 65535, received "${port}"\n`,
    });
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s ends the demo, also with a visitor connected",
    async (signal) => {
      const demo = await startDemo();
      // fetch() keeps its connection.
      expect(await statusOf(demo, "/")).toBe(200);
      demo.signal(signal);
      expect(await demo.ended).toBe(0);
    },
  );
});
