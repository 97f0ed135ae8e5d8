import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Maintenance } from "../../src/gate/maintenance.ts";
import { parseState } from "../../src/state/parse.ts";
import type { MaintenanceState, MaintenanceWindow } from "../../src/types/maintenance-state.ts";
import { siteOf } from "../bypass/_site.ts";

const HOUR = 3_600_000;

/** A gate over a state that does not change. */
const gateOver = (state: MaintenanceState): Maintenance => siteOf({}, parseState(state)).gate;

const inHours = (hours: number) => new Date(Math.ceil(Date.now() / HOUR) * HOUR + hours * HOUR).toISOString();

const HOSTS = ["a.test", "b.test", "x.a.test", "*.a.test", "*.test", "c.example"];
const URLS = ["/shop/*", "/shop/cart", "/blog", "POST /*", "https://a.test/api/*", "/"];

const anyWindow: fc.Arbitrary<MaintenanceWindow> = fc.record({
  mode: fc.constantFrom("on", "read-only", "off"),
  hosts: fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 1, maxLength: 2 }),
  urls: fc.uniqueArray(fc.constantFrom(...URLS), { minLength: 1, maxLength: 2 }),
  // Whole hours, so that equal ends are tried as well.
  end: fc.constantFrom(1, 2, 3).map(inHours),
  start: fc.constantFrom(-24, 0.5).map(inHours),
  reason: fc.constantFrom("one", "two"),
  status: fc.constantFrom(503, 500),
  ignoreUrls: fc.constant(["/shop/open"]),
  reads: fc.constant(["POST /shop/search"]),
  writes: fc.constant(["GET /blog"]),
  internalIps: fc.constantFrom(["192.0.2.1"], ["192.0.2.0/24"]),
}, { requiredKeys: ["mode"] }).filter((window) => {
  try {
    return Boolean(parseState(window));
  } catch {
    // Hosts and URLs that exclude each other.
    return false;
  }
});

const anyRequest = fc.record({
  host: fc.constantFrom(
    "a.test",
    "b.test",
    "x.a.test",
    "y.x.a.test",
    "c.example",
    "A.TEST.",
    "a.test:8080",
    "other.example",
  ),
  path: fc.constantFrom(
    "/",
    "/shop/",
    "/shop/cart",
    "/shop/open",
    "/shop/search",
    "/blog",
    "/api/x",
    "/%00",
    "/elsewhere",
  ),
  method: fc.constantFrom("GET", "POST"),
  clientIp: fc.constantFrom(undefined, "192.0.2.1", "192.0.2.2", "198.51.100.1"),
});

/** What windows decide, by gates that know one of them each. */
function slowly(
  gates: readonly { name: string | undefined; window: MaintenanceWindow; gate: Maintenance }[],
  ask: (gate: Maintenance) => { outcome: string; because: string },
): { outcome: string; because: string; window?: string } {
  const made = gates.map((each) => ({ ...each, decision: ask(each.gate) }))
    .filter(({ decision }) => decision.because !== "off");
  const ends = ({ end }: MaintenanceWindow) => end === undefined ? Infinity : Date.parse(end);
  // Sorting is stable, and the top level comes first.
  made.sort((a, b) =>
    Number(b.window.mode === "on") - Number(a.window.mode === "on") ||
    (ends(a.window) === ends(b.window) ? 0 : ends(b.window) > ends(a.window) ? 1 : -1)
  );
  const answering = made.find(({ decision }) => decision.outcome === "answer");
  if (answering === undefined) return made[0]?.decision ?? { outcome: "pass", because: "off" };
  const { name, decision } = answering;
  return name === undefined ? decision : { ...decision, window: name };
}

describe("a gate over several windows", () => {
  test("decides as gates that know one of them each, asked in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyWindow,
        fc.dictionary(fc.constantFrom("shop", "blog", "t1", "t2", "t3"), anyWindow, { noNullPrototype: true }),
        fc.array(anyRequest, { minLength: 1, maxLength: 8 }),
        async (top, windows, requests) => {
          const gate = gateOver({ ...top, windows });
          const gates = [[undefined, top] as const, ...Object.entries(windows)]
            .map(([name, window]) => ({ name, window, gate: gateOver(window) }));
          for (const { host, path, method, clientIp } of requests) {
            const ask = (each: Maintenance) => {
              const { outcome, because } = each.explain(new Request(`http://${host}${path}`, { method }), { clientIp });
              return { outcome, because };
            };
            const expected = slowly(gates, ask);
            const made = gate.explain(new Request(`http://${host}${path}`, { method }), { clientIp });
            const { outcome, because } = made;
            const window = made.outcome === "answer" && made.window !== undefined ? { window: made.window } : {};
            expect({ outcome, because, ...window }).toEqual(expected);
            const response = gate(new Request(`http://${host}${path}`, { method }), { clientIp });
            const source = expected.window === undefined ? top : windows[expected.window]!;
            expect(response?.status).toBe(outcome === "pass" ? undefined : source.status ?? 503);
            const text = response === undefined ? "" : await response.text();
            for (const reason of ["one", "two"]) {
              // A page holds no other word of these.
              expect(text.includes(`>${reason}<`)).toBe(outcome === "answer" && source.reason === reason);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  const STATE: MaintenanceState = {
    mode: "read-only",
    reason: "All of it",
    windows: {
      shop: { mode: "on", urls: ["/shop/*"], reason: "Moving house", end: inHours(2) },
      tenant: { mode: "on", hosts: ["a.test"], reason: "Tenant", end: inHours(3), internalIps: ["192.0.2.1"] },
    },
  };

  test("gives the reason and the end of the one that answers", async () => {
    const gate = gateOver(STATE);
    const asked = async (url: string, method = "GET") => {
      const response = gate(new Request(url, { method, headers: { accept: "application/problem+json" } }));
      return response === undefined ? undefined : await response.json();
    };
    expect(await asked("http://b.test/")).toBeUndefined();
    expect(await asked("http://b.test/", "POST")).toMatchObject({ mode: "read-only" });
    expect(await asked("http://b.test/shop/x")).toMatchObject({
      mode: "on",
      detail: expect.stringContaining("Moving house"),
    });
    // Both close it. That of the tenant ends last.
    expect(await asked("http://a.test/shop/x")).toMatchObject({ detail: expect.stringContaining("Tenant") });
  });

  test("lets nobody in by what another window lets in", () => {
    const gate = gateOver(STATE);
    const because = (url: string) => gate.explain(new Request(url), { clientIp: "192.0.2.1" });
    expect(because("http://a.test/")).toMatchObject({ outcome: "pass", because: "internal-ip" });
    expect(because("http://a.test/shop/x")).toMatchObject({ outcome: "answer", window: "shop" });
    expect(because("http://b.test/shop/x")).toMatchObject({ outcome: "answer", window: "shop" });
  });

  test("tells the status of the host that is asked, and nothing of others", async () => {
    const gate = gateOver({
      mode: "off",
      windows: {
        a: { mode: "on", hosts: ["a.test"], reason: "Tenant A" },
        part: { mode: "on", hosts: ["b.test"], urls: ["/shop/*"], reason: "Shop" },
        b: { mode: "read-only", hosts: ["b.test"], reason: "Tenant B" },
      },
    });
    const status = async (host: string) => await gate.status(new Request(`http://${host}/status`)).json();
    expect(await status("a.test")).toMatchObject({ mode: "on", phase: "now", reason: "Tenant A" });
    // One of the whole host comes before one of a part.
    expect(await status("b.test")).toMatchObject({ mode: "read-only", reason: "Tenant B" });
    expect(await status("c.test")).toEqual({ mode: "off", phase: "off" });
  });

  test("announces to each host what begins there", () => {
    const gate = gateOver({
      mode: "off",
      windows: {
        later: { mode: "on", hosts: ["a.test"], start: inHours(20), reason: "Later" },
        soon: { mode: "on", hosts: ["a.test", "b.test"], start: inHours(1), reason: "Soon", urls: ["/shop/*"] },
        never: { mode: "on", hosts: ["c.test"], start: inHours(1_000) },
      },
    });
    const reason = (url: string) => gate.notice(new Request(url))?.reason;
    expect(
      ["http://a.test/shop/x", "http://a.test/", "http://b.test/shop/x", "http://b.test/", "http://c.test/"].map(
        reason,
      ),
    )
      .toEqual(["Soon", "Later", "Soon", undefined, undefined]);
  });

  test("lets everything else through", () => {
    const gate = gateOver({ mode: "off", windows: { shop: { mode: "on", urls: ["/shop/*"] } } });
    expect(gate.active).toBe(true);
    expect(gate(new Request("http://a.test/"))).toBeUndefined();
    expect(gate.explain(new Request("http://a.test/shop/x"))).toEqual({
      outcome: "answer",
      because: "maintenance",
      window: "shop",
    });
  });
});
