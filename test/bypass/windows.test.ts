import { expect, test } from "vitest";
import { hashSecret } from "../../src/bypass/secret.ts";
import { cookieOf, siteOf } from "./_site.ts";

const SECRETS = [
  "secret-of-the-shop-1",
  "secret-of-the-blog-2",
  "secret-of-the-docs-3",
  "secret-of-the-rest-4",
  "secret-of-all-of-it-5",
];

test("whoever opens the links of several maintenances is let in by each of them", () => {
  const windows = Object.fromEntries(
    SECRETS.slice(0, 4).map((secret, index) => [
      `w${index}`,
      { mode: "on", urls: [`/${index}/*`, "/both"], bypass: hashSecret(secret) } as const,
    ]),
  );
  const { gate, ask } = siteOf({}, { mode: "off", windows });
  let cookie = "";
  for (const [index, secret] of SECRETS.slice(0, 4).entries()) {
    const url = `https://www.site.test/${index}/x?maintenance-bypass=${secret}`;
    const response = gate(new Request(url, { headers: cookie === "" ? {} : { cookie } }));
    expect(response?.status).toBe(302);
    cookie = cookieOf(response);
    // Where two close a URL, the bypass of one of them is not enough.
    expect(ask({ cookie }, "/both").because).toBe(index === 3 ? "bypass" : "maintenance");
  }
  for (const index of [0, 1, 2, 3]) expect(ask({ cookie }, `/${index}/x`).because).toBe("bypass");
  // The same link once more adds nothing.
  const again = gate(new Request(`https://www.site.test/?maintenance-bypass=${SECRETS[0]}`, { headers: { cookie } }));
  expect(cookieOf(again).split("~").length).toBe(4);
});

test("the link of one maintenance lets nobody into another one, in a header field or with another method either", () => {
  const { ask, gate } = siteOf({}, {
    mode: "on",
    windows: { shop: { mode: "on", urls: ["/shop/*"], bypass: hashSecret(SECRETS[0]!) } },
  });
  expect(ask({ "maintenance-bypass": SECRETS[0]! }, "/shop/x").because).toBe("maintenance");
  const post = new Request(`https://www.site.test/shop/x?maintenance-bypass=${SECRETS[0]}`, { method: "POST" });
  expect(gate.explain(post).because).toBe("maintenance");
});

test("a cookie of five tokens, or with anything between them, is malformed", () => {
  const { ask } = siteOf({}, { mode: "on", bypass: hashSecret(SECRETS[4]!) });
  const token = `9999999999999.${"a".repeat(43)}`;
  for (
    const value of [Array(5).fill(token).join("~"), `${token}~`, `~${token}`, `${token}~~${token}`]
  ) {
    expect(ask({ cookie: `maintenance-bypass=${value}` }).bypass, value).toBe(
      "its cookie is malformed",
    );
  }
});
