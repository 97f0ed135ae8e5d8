/** What the pages say of who gets in: the order, URL patterns, addresses and proxies. */
import { clientIpFrom, maintenanceMode } from "maintenancemode";
import { liveState } from "maintenancemode/state";
import { memoryStore } from "maintenancemode/stores/memory";
import { describe, expect, test } from "vitest";
import { evaluate } from "./_claims.ts";
import { codeIn, page } from "./_pages.ts";

describe("Who gets in", () => {
  const url = "https://example.com/open";
  const secret = "correct-horse-battery";
  // What lets a request pass at each step, all of which hold at first; each step takes one away from the next.
  const rows = page("who-gets-in.md").tablesUnder("Who gets in")[0]!.rows;

  test.each(rows)("%s. %s: %s, %s", async (order, _if, outcome, word) => {
    const step = Number(order);
    const mode = step === 1 ? "off" : step >= 9 && step <= 10 ? "read-only" : "on";
    await using state = liveState(memoryStore());
    await state.set({ mode, bypass: secret, ...(step <= 8 && { admit: 1 }) });
    const maintenance = maintenanceMode({
      state,
      allowStaff: step <= 2,
      internalIps: step <= 3 ? ["192.0.2.1"] : [],
      ignoreUrls: step <= 4 ? ["/open"] : [],
      ...(step <= 7 && { allow: () => true }),
    });
    const request = new Request(step === 6 ? `${url}?maintenance-bypass=${secret}` : url, {
      method: step === 10 ? "POST" : "GET",
      headers: step <= 5 ? { "maintenance-bypass": secret } : {},
    });
    const ctx = { isStaff: true, clientIp: "192.0.2.1" };
    expect(maintenance.explain(request, ctx)).toMatchObject({
      outcome: outcome === "passes" ? "pass" : "answer",
      because: JSON.parse(codeIn(word!)[0]!),
    });
    expect(maintenance(request, ctx)?.status).toBe(
      { passes: undefined, "is redirected": 302, "is answered": 503 }[outcome!],
    );
  });

  test("a bypass link is redirected for everyone, and passes with other methods", () => {
    const maintenance = maintenanceMode({ enabled: true, bypassSecret: secret, ignoreUrls: ["/open"] });
    const open = (method: string) =>
      maintenance.explain(new Request(`${url}?maintenance-bypass=${secret}`, { method }), { isStaff: true }).because;
    expect([open("GET"), open("HEAD"), open("POST")]).toEqual(["bypass-link", "bypass-link", "bypass"]);
  });

  test("the path of redirectUrl passes", () => {
    const maintenance = maintenanceMode({ enabled: true, redirectUrl: "/sorry.html" });
    expect(maintenance.explain(new Request("https://example.com/sorry.html")).because).toBe("ignored-url");
    expect(maintenance(new Request(url))?.status).toBe(302);
  });
});

describe("URL patterns", () => {
  const [meaning] = page("urls.md").tablesUnder("What a string means");
  const [django] = page("coming-from/django.md").tablesUnder("Patterns");
  const [cost] = page("urls.md").tablesUnder("What a request can cost");
  const paths = ["/", "/contact", "/contact/us", "/contacts", "/docs", "/docs/", "/docs/a/b", "/users/", "/users/7"];
  paths.push("/users/7/", "/users/x/", "/users/7/8/", "/x/contact", "/x/docs/");

  test.each(meaning!.rows)("%s matches %s, and not %s", (pattern, matched, others) => {
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls: [evaluate(codeIn(pattern!)[0]!) as string] });
    const passes = (path: string) => maintenance(new Request(`https://example.com${path}`)) === undefined;
    expect(codeIn(matched!).map(passes)).toEqual(codeIn(matched!).map(() => true));
    expect(codeIn(others!).map(passes)).toEqual(codeIn(others!).map(() => false));
  });

  test.each(django!.rows)("%s in Django is %s here", (old, here, passing) => {
    // For these, the regular expressions of Python are those of JavaScript; re.match() matches at the start.
    const expression = new RegExp(`^(?:${/^r"(.*)"$/.exec(codeIn(old!)[0]!)![1]})`);
    const expected = paths.filter((path) => expression.test(path));
    expect(expected).toEqual(expect.arrayContaining(codeIn(passing!)));
    for (const pattern of codeIn(here!)) {
      const maintenance = maintenanceMode({ enabled: true, ignoreUrls: [evaluate(pattern) as string | RegExp] });
      expect(paths.filter((path) => !maintenance(new Request(`https://example.com${path}?a=b`)))).toEqual(
        paths.filter((path) => expression.test(path)),
      );
    }
  });

  test.each(cost!.rows)("with %s repetitions, %s are tried", (repetitions, longest) => {
    const most = Number.parseInt(longest!.replace(",", ""));
    const count = Number(/\d+$/.exec(repetitions!)![0]);
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls: [new RegExp(`^(?=/)/${"a*".repeat(count)}$`)] });
    const becauseAt = (length: number) => {
      return maintenance.explain(new Request(`https://example.com/${"a".repeat(length - 1)}`)).because;
    };
    expect(becauseAt(most)).toBe("ignored-url");
    expect(becauseAt(most + 1)).toBe("maintenance");
  });

  test("strings have no longest path", () => {
    const ignoreUrls = ["/*a*a*a*b", "/:x{/:y}?/c", "https://example.com/*a*a*a*b"];
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls });
    expect(maintenance.explain(new Request(`https://example.com/${"a".repeat(100_000)}b`)).because).toBe("ignored-url");
    expect(maintenance.explain(new Request(`https://example.com/${"a".repeat(100_000)}c`)).because).toBe("maintenance");
    expect(maintenance.explain(new Request(`https://example.com/${"ab".repeat(50_000)}/c`)).because).toBe(
      "ignored-url",
    );
  });

  test("an expression that could take exponential time is refused", () => {
    expect(() => maintenanceMode({ ignoreUrls: [/(a+)+$/] })).toThrow(
      '"ignoreUrls[0]" must be a pattern whose cost',
    );
  });

  test("a whole URL in http or https", () => {
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls: ["http{s}?://api.example.com/*"] });
    expect(maintenance(new Request("http://api.example.com/a"))).toBe(undefined);
    expect(maintenance(new Request("https://api.example.com/a"))).toBe(undefined);
    expect(maintenance(new Request("https://example.com/a"))?.status).toBe(503);
  });
});

test.each(["010.0.0.1", "0x7f.1", "127.1", "2130706433", "10.1.2.3/8", "fe80::1%eth0"])(
  "internalIps refuses %s",
  (address) => {
    expect(page("who-gets-in.md").text).toContain(`\`${address}\``);
    expect(() => maintenanceMode({ internalIps: [address] })).toThrow(TypeError);
  },
);

test("The addresses of the names in trustProxy", () => {
  for (const [name, ranges] of page("proxies.md").tablesUnder("Behind a proxy")[0]!.rows) {
    const options = { trustProxy: [JSON.parse(codeIn(name!)[0]!) as string] };
    const headers = new Headers({ "x-forwarded-for": "192.0.2.1" });
    for (const range of codeIn(ranges!)) {
      const first = range.split("/")[0]!.replace(/::$/, "::1");
      expect(clientIpFrom(headers, first, options), range).toBe("192.0.2.1");
    }
    expect(clientIpFrom(headers, "203.0.113.1", options)).toBe("203.0.113.1");
  }
});
