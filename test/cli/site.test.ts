import { afterEach, expect, test } from "vitest";
import { bypassLink, readSite } from "../../src/cli/input/site.ts";

afterEach(() => void delete process.env["MAINTENANCE_SITE"]);

test("readSite() takes --site before MAINTENANCE_SITE", () => {
  expect(readSite({})).toBeUndefined();
  process.env["MAINTENANCE_SITE"] = "https://b.example.com";
  expect(readSite({})?.href).toBe("https://b.example.com/");
  expect(readSite({ site: "http://localhost:3000" })?.href).toBe("http://localhost:3000/");
});

test.each([
  [
    "example.com",
    'must be the URL of the site such as "https://example.com", received "example.com": write https://example.com',
  ],
  ["localhost:3000", 'must be the URL of the site such as "https://example.com", received "localhost:3000"'],
  ["/shop", 'must be the URL of the site such as "https://example.com", received "/shop"'],
  ["https://ada:secret@example.com", 'must not hold a user or a password, received "https://***@example.com"'],
])("readSite() refuses %s", (site, message) => {
  expect(() => readSite({ site })).toThrow(`"--site" ${message}`);
  process.env["MAINTENANCE_SITE"] = site;
  expect(() => readSite({})).toThrow(`MAINTENANCE_SITE ${message}`);
});

test.each([
  [undefined, "https://<your site>/?maintenance-bypass=s3cret"],
  ["https://example.com", "https://example.com/?maintenance-bypass=s3cret"],
  ["https://example.com/shop?lang=de#top", "https://example.com/shop?lang=de&maintenance-bypass=s3cret#top"],
])("bypassLink() of %s", (site, link) => {
  expect(bypassLink(site === undefined ? undefined : new URL(site), "s3cret")).toBe(link);
});
