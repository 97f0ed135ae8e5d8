import { expect, test } from "vitest";
import { createTokens } from "../../src/admin/token.ts";
import { ask, askAsStranger, change, tokenOf } from "./_ask.ts";
import { COOKIE } from "./_site.ts";
import { start } from "./_start.ts";

const ON = { mode: "on" };

test.each<[what: string, headers: (origin: string) => Record<string, string>, status: number]>([
  ["of a page of its own origin", (origin) => ({ origin, "sec-fetch-site": "same-origin" }), 200],
  ["of an old browser that names the origin alone", (origin) => ({ origin }), 200],
  ["of a program, which names neither", () => ({}), 200],
  [
    "of its own page behind a proxy that writes another host",
    () => ({ origin: "https://ops.test", "sec-fetch-site": "same-origin" }),
    200,
  ],
  ["of another site", (origin) => ({ origin, "sec-fetch-site": "cross-site" }), 403],
  ["of another host of the same site", (origin) => ({ origin, "sec-fetch-site": "same-site" }), 403],
  ["of another origin, of an old browser", () => ({ origin: "https://evil.test" }), 403],
  ["of another port", () => ({ origin: "http://127.0.0.1:1" }), 403],
  ["of a frame without an origin", () => ({ origin: "null" }), 403],
  ["of something that is no origin", () => ({ origin: "//127.0.0.1" }), 403],
])("the handler answers a change %s", async (_what, headers, status) => {
  const { panel, origin, state } = await start();
  const fields = { ...await tokenOf(panel), "if-match": "*", ...headers(origin) };
  const answer = await ask(`${panel}/api/window`, "PUT", fields, ON);
  expect(answer.status).toBe(status);
  expect(state.current.mode).toBe(status === 200 ? "on" : "off");
  if (status === 403) expect(answer.body).toMatchObject({ code: "ERR_ORIGIN" });
  // Nobody else may read it either.
  expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
});

test("the handler refuses a change without a token, or with that of somebody else", async () => {
  const { panel, state } = await start();
  const ofAnother = createTokens(undefined).create("ann");
  const [hour, signature] = (await tokenOf(panel))["maintenance-token"]!.split(".");
  for (
    const token of [
      undefined,
      "",
      "1",
      ofAnother,
      `${Number(hour) + 1}.${signature}`,
      `${hour}.${signature!.slice(1)}A`,
    ]
  ) {
    const fields = { "if-match": "*", ...(token !== undefined && { "maintenance-token": token }) };
    for (
      const [method, path] of [["PUT", "window"], ["DELETE", "window"], ["POST", "window/bypass"], ["PUT", "windows/a"]]
    ) {
      const answer = await ask(`${panel}/api/${path}`, method, fields, method === "PUT" ? ON : undefined);
      expect(answer).toMatchObject({ status: 403, body: { code: "ERR_TOKEN" } });
    }
  }
  expect(state.current.mode).toBe("off");
});

test("a token is good for one operator, for a day, and in each process with the same secret", () => {
  const secret = "the same in all processes";
  const [here, there] = [createTokens(secret), createTokens(secret)];
  const token = here.create("ann");
  expect(there.isValid(token, "ann")).toBe(true);
  expect(there.isValid(token, "bob")).toBe(false);
  expect(there.isValid(token, undefined)).toBe(false);
  expect(there.isValid(null, "ann")).toBe(false);
  const hour = Number(token.split(".")[0]);
  const signature = token.split(".")[1];
  expect(there.isValid(`${hour - 25}.${signature}`, "ann")).toBe(false);
  expect(there.isValid(`${hour}x.${signature}`, "ann")).toBe(false);
});

test.each([
  ["shows the page to a visitor who comes by a link of another site", "", {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
  }, 200],
  [
    "refuses a frame",
    "",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    403,
  ],
  ["refuses an image", "/api/state", {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "no-cors",
    "sec-fetch-dest": "image",
  }, 403],
  ["refuses a visit to the API by a link", "/api/state", {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
  }, 403],
  [
    "refuses events for another origin",
    "/api/events",
    { "sec-fetch-site": "cross-site", origin: "https://evil.test" },
    403,
  ],
  ["shows the API to somebody who types its address", "/api/state", {
    "sec-fetch-site": "none",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
  }, 200],
])("the handler %s", async (_what, path, headers, status) => {
  const { panel } = await start();
  expect((await ask(panel + path, "GET", headers as Record<string, string>)).status).toBe(status);
});

test("a host that is not among the origins gets what a stranger gets, with all credentials", async () => {
  const site = await start({ origins: ["https://ops.test"] });
  const stranger = await askAsStranger(`${site.panel}/api/state`);
  const { status, text } = await ask(`${site.panel}/api/state`);
  expect({ status, text }).toEqual({ status: stranger.status, text: stranger.text });
  expect(site.errors.map(String)).toEqual([expect.stringContaining('which is not among its "origins"')]);
  expect((await ask(`${site.panel}/api/state`, "GET", { host: "ops.test" })).status).toBe(200);
  const rebound = { host: "evil.test", origin: "http://evil.test", "sec-fetch-site": "same-origin" };
  expect((await ask(`${site.panel}/api/state`, "GET", rebound)).status).toBe(404);
});

test("with origins, a change has to come from one of them", async () => {
  const { panel } = await start({ origins: ["https://ops.test"] });
  const host = { host: "ops.test" };
  const { headers } = await ask(`${panel}/api/state`, "GET", host);
  const fields = { ...host, "maintenance-token": headers["maintenance-token"] as string, "if-match": "*" };
  const statusFrom = async (origin: string) =>
    (await ask(`${panel}/api/window`, "PUT", { ...fields, origin }, ON)).status;
  expect(await statusFrom("http://ops.test")).toBe(403);
  expect(await statusFrom("https://ops.test.evil.test")).toBe(403);
  expect(await statusFrom("https://ops.test")).toBe(200);
});

test("the page lets nothing run but its own script, and nothing embed it", async () => {
  const { panel } = await start();
  const { headers, text } = await ask(panel);
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "content-security-policy": expect.stringMatching(
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; .*frame-ancestors 'none'/,
    ),
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  });
  expect(headers["set-cookie"]).toBeUndefined();
  expect(text).not.toMatch(/\son\w+\s*=|javascript:|style="/);
});

test("a window is nothing but data, whatever it is called and says", async () => {
  const { panel, state } = await start();
  const polluted = '{ "mode": "on", "__proto__": { "admit": 1 }, "reason": "</script><script>alert(1)</script>" }';
  const fields = { cookie: COOKIE, "content-type": "application/json", "if-match": "*", ...await tokenOf(panel) };
  expect((await askAsStranger(`${panel}/api/window`, "PUT", fields, polluted)).status).toBe(422);
  expect((await change(panel, "PUT", "window", { mode: "on", reason: "</script><script>alert(1)</script>" })).status)
    .toBe(200);
  expect(state.current.admit).toBeUndefined();
  expect((await ask(panel)).text).not.toContain("alert(1)");
});
