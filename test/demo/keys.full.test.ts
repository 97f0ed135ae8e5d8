import { afterEach, describe, expect, test } from "vitest";
import { has } from "../_needs.ts";
import { killAll, startDemoInTerminal, statusOf } from "./_demo.ts";

afterEach(killAll);

describe.skipIf(!has("script"))("In a terminal", () => {
  test("keys turn maintenance on and off, and q quits", async () => {
    const demo = await startDemoInTerminal();
    expect(demo.output()).toContain("  m  maintenance on, and off again\r\n  q  quit\r\n");
    expect(await statusOf(demo, "/")).toBe(200);
    for (const [key, status] of [["m", 503], [" ", 200], ["\r", 503], ["x", 503], ["M", 200]] as const) {
      demo.type(key);
      await expect.poll(() => statusOf(demo, "/")).toBe(status);
    }
    demo.type("q");
    expect(await demo.ended).toBe(0);
    const switched = demo.output().match(/^Maintenance is \w+/gm);
    expect(switched).toEqual(["off", "on", "off", "on", "off"].map((word) => `Maintenance is ${word}`));
  });

  test.each([["Ctrl-C", "\x03"], ["Ctrl-D", "\x04"], ["q twice", "qq"]])("%s quits", async (_name, keys) => {
    const demo = await startDemoInTerminal();
    demo.type(keys);
    expect(await demo.ended).toBe(0);
    expect(demo.output()).not.toContain("Error");
  });

  test("SIGTERM quits", async () => {
    const demo = await startDemoInTerminal();
    demo.signal("SIGTERM");
    expect(await demo.ended).toBe(0);
  });
});
