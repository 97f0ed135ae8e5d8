import { expect, test } from "vitest";
import { maintenanceMode } from "../../src/maintenance.ts";
import { maintenanceMode as tinyMode } from "../../src/tiny.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import { siteOf } from "../bypass/_site.ts";
import { hashSecret } from "../../src/bypass/secret.ts";

const SECRET = "correct-horse-battery";

/** A request as `proxy.ts` of Next gets it: a `Request` with a URL object of Next. */
class NextRequest extends Request {
  readonly nextUrl: URL = new URL(this.url);
}

function locationFor(options: MaintenanceOptions, request: Request): string | null {
  return maintenanceMode({ enabled: true, ...options })(request)!.headers.get("location");
}

test.each([
  ["redirectUrl", { redirectUrl: "/sorry" }, "/a?b=1", "/sorry"],
  ["redirectUrl with a query", { redirectUrl: "/sorry?from=gate#top" }, "/a", "/sorry?from=gate#top"],
  ["a bypass link", { bypassSecret: SECRET }, `/a?b=1&maintenance-bypass=${SECRET}`, "/a?b=1"],
])("gate gives Next an absolute Location, which it cannot do without, for %s", (_what, options, path, location) => {
  const url = `http://internal.test:3000${path}`;
  // Next parses the field without a base, and makes a path again of a URL of the host that was asked for.
  const given = locationFor(options, new NextRequest(url))!;
  expect(new URL(given).href).toBe(`http://internal.test:3000${location}`);
  expect(locationFor(options, new Request(url))).toBe(location);
});

test("gate gives Next the Location of each host that it is asked on", () => {
  const gate = maintenanceMode({ enabled: true, redirectUrl: "/sorry" });
  const ask = (url: string) => gate(new NextRequest(url))!.headers.get("location");
  expect(["http://a.test/", "http://b.test/", "http://a.test/"].map(ask)).toEqual([
    "http://a.test/sorry",
    "http://b.test/sorry",
    "http://a.test/sorry",
  ]);
});

test("gate leaves an absolute redirectUrl to Next as it is", () => {
  const redirectUrl = "https://status.test/";
  expect(locationFor({ redirectUrl }, new NextRequest("http://site.test/"))).toBe(redirectUrl);
});

test("gate gives Next no Location that leads to another host once it is a path", () => {
  const url = `http://site.test//evil.test/a?maintenance-bypass=${SECRET}`;
  expect(locationFor({ bypassSecret: SECRET }, new NextRequest(url))).toBe("http://site.test/evil.test/a");
  expect(locationFor({ bypassSecret: SECRET }, new Request(url))).toBe("/.//evil.test/a");
});

test("gate sets the cookie of a bypass link in Next", () => {
  const { gate } = siteOf({}, { mode: "on", bypass: hashSecret(SECRET) });
  const response = gate(new NextRequest(`https://site.test/?maintenance-bypass=${SECRET}`))!;
  expect([response.status, response.headers.get("location")]).toEqual([302, "https://site.test/"]);
  expect(response.headers.get("set-cookie")).toMatch(/^__Host-maintenance-bypass=/);
});

test("the tiny gate answers in Next", () => {
  expect(tinyMode({ enabled: true })(new NextRequest("http://site.test/"))!.status).toBe(503);
});
