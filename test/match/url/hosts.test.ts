import { expect, test } from "vitest";
import { compileHosts, readHosts } from "../../../src/match/url/hosts.ts";
import { optionError } from "../../_errors.ts";

function closed(hosts: readonly string[], urls: readonly string[]): string[] {
  return urls.filter(compileHosts(readHosts(hosts, "hosts")));
}

test.each([
  ["a.example.com", ["http://a.example.com/", "https://A.EXAMPLE.com.:8443/x?y"], ["http://x.a.example.com/"]],
  ["A.Example.COM.", ["http://a.example.com/"], ["http://b.example.com/"]],
  ["*.b.test", ["http://x.b.test/", "http://x.y.B.test.:1/"], [
    "http://b.test/",
    "http://xb.test/",
    "http://b.test.x/",
  ]],
  ["b\u00fccher.test", ["http://xn--bcher-kva.test/"], ["http://bucher.test/"]],
  ["*.b\u00fccher.test", ["http://a.XN--bcher-kva.test/"], ["http://xn--bcher-kva.test/"]],
  ["::1", ["http://[::1]:3000/", "http://[0:0:0:0:0:0:0:1]/"], ["http://[::2]/"]],
  ["[2001:DB8:0::a]", ["http://[2001:db8::A]/"], ["http://[2001:db8::b]/"]],
  ["127.1", ["http://127.0.0.1:80/", "http://0x7f.1/"], ["http://127.0.0.2/"]],
  ["localhost", ["http://LOCALHOST/"], ["http://x.localhost/"]],
  ["a_b.test", ["http://a_b.test/"], ["http://a-b.test/"]],
])("compileHosts() compares %s without case, port, scheme and the dot of the root", (host, inside, outside) => {
  expect(closed([host], [...inside, ...outside])).toEqual(inside);
});

test("compileHosts() closes each of a list, in whatever order they come", () => {
  const urls = ["http://a.test/", "http://x.b.test/", "http://c.test/", "http://b.test/", "http://a.test/"];
  expect(closed(["a.test", "*.b.test"], urls)).toEqual(["http://a.test/", "http://x.b.test/", "http://a.test/"]);
});

test.each(["", "a.test", "http://256.1.1.1/", "http://a.test:99999/", "http://b.test/a%00", "http://b.test/\0"])(
  "compileHosts() closes %j, of which nobody knows the host",
  (url) => {
    expect(compileHosts(readHosts(["a.test"], "hosts"))(url)).toBe(true);
  },
);

const STAR = 'the star stands for whole names in front, as in "*.example.com"';

test.each([
  ["https://a.test", 'write "a.test"'],
  ["https://user@a.test:443/shop?x", 'write "a.test", and give "/shop" as a URL pattern'],
  ["https://*.a.test/*", 'write "*.a.test", and give "/*" as a URL pattern'],
  ["a.test/shop/*", 'write "a.test", and give "/shop/*" as a URL pattern'],
  ["a.test:8080", 'the port does not matter, write "a.test"'],
  ["[::1]:80", 'the port does not matter, write "[::1]"'],
  ["user@a.test", 'write "a.test"'],
  ["*", "leave the list out to mean every host"],
  ["*.", "leave the list out to mean every host"],
  [".a.test", 'write "*.a.test" for the hosts below it'],
  ["a*.test", STAR],
  ["a.*.test", STAR],
  ["*.*.test", STAR],
  ["*a.test", STAR],
  ["*.127.0.0.1", "an address has no names below it"],
  ["*.[::1]", "an address has no names below it"],
  ["", undefined],
  [" a.test", undefined],
  ["a.test,b.test", undefined],
  ["256.1.1.1", undefined],
  ["https://", undefined],
  ["/shop", undefined],
])("compileHosts() refuses %j and says what to write", (host, hint) => {
  const message = `Cannot create maintenance mode: "hosts[1]" must be a host name such as "a.example.com" or ` +
    `"*.example.com", received ${JSON.stringify(host)}${hint === undefined ? "" : `: ${hint}`}`;
  expect(() => readHosts(["a.test", host], "hosts")).toThrow(optionError(message));
});
