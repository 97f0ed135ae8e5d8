import { spawnSync } from "node:child_process";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { expect, test } from "vitest";
import { readAddress, readRanges } from "../../src/cli/input/addresses.ts";
import { compileIpRanges } from "../../src/match/ip/ip-ranges.ts";
import { cli, cliCommand, makePlace } from "./_cli.ts";

test.each([
  ["2001:DB8::0001", "2001:db8::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["192.0.2.1", "192.0.2.1"],
  ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ["FE80::0001%eth0", "fe80::1%eth0"],
  ["fe80::1%a%b", "fe80::1%a%b"],
])("readAddress() gives the shortest text of %s", async (text, shortest) => {
  expect(await readAddress("--ip", text)).toBe(shortest);
});

test.each([
  ["2001:DB8:0::/32", "2001:db8::/32"],
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["::ffff:10.0.0.0/104", "10.0.0.0/8"],
  ["::0/0", "::/0"],
  ["2001:DB8::0001", "2001:db8::1"],
])("readRanges() gives the shortest text of %s", async (text, shortest) => {
  expect(await readRanges("--allow-ip", [text])).toEqual([shortest]);
});

test("an address that programs read differently is refused, with what to write", async () => {
  const message = 'must be an address that all programs read alike, received "::192.0.2.1": some programs read ' +
    "192.0.2.1, others ::c000:201: write the one that you mean";
  await expect(readAddress("--ip", "::192.0.2.1")).rejects.toMatchObject({ message: `"--ip" ${message}`, exitCode: 2 });
  await expect(readRanges("--allow-ip", ["10.0.0.1", "::192.0.2.1"])).rejects.toThrow(`"--allow-ip" ${message}`);
});

test("readRanges() leaves what the gate refuses to the check of the state", async () => {
  const texts = ["none", "10.1.2.3/8", "010.0.0.1", "127.1", "fe80::1%eth0", "10.0.0.0/08", ""];
  expect(await readRanges("--allow-ip", texts)).toEqual(texts);
});

test("both parsers agree on every address and range that they print, and the shortest text means the same", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    // Long runs of zeros and IPv4-mapped ones.
    fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((tail) => [...Array(10).fill(0), 255, 255, ...tail]),
  ).map((bytes) => ipaddr.fromByteArray([...bytes]));
  const form = fc.constantFrom("toString", "toNormalizedString", "upper");
  await fc.assert(
    fc.asyncProperty(bytes, form, fc.nat(128), async (address, form, length) => {
      const text = form === "upper" ? address.toString().toUpperCase() : address[form as "toString"]();
      const shortest = ipaddr.process(address.toString()).toString();
      expect(await readAddress("--ip", text)).toBe(shortest);

      const bits = address.kind() === "ipv4" ? 32 : 128;
      const prefix = Math.min(length, bits);
      const Class = bits === 32 ? ipaddr.IPv4 : ipaddr.IPv6;
      const network = `${Class.networkAddressFromCIDR(`${address}/${prefix}`)}/${prefix}`;
      const [range] = await readRanges("--allow-ip", [network]);
      const [before, after] = [compileIpRanges([network], "before"), compileIpRanges([range!], "after")];
      for (const client of [text, "0.0.0.0", "10.0.0.1", "::", "ffff::1", "::ffff:10.0.0.1"]) {
        expect(after(client)).toBe(before(client));
      }
    }),
    { numRuns: 500 },
  );
});

test("on stores and shows addresses in their shortest form, and refuses a range with host bits", async () => {
  const { store, read } = makePlace();
  const { code, stdout } = await cli(
    ["on", "--store", store, "--allow-ip", "2001:DB8::0001", "--allow-ip", "2001:db8::1", "--allow-ip", "10.0.0.0/8"],
  );
  expect(stdout).toContain(
    "  who gets in  2001:db8::1, 10.0.0.0/8; whoever the site's own code allows (not visible from here)\n",
  );
  expect(code).toBe(0);
  expect(read()).toEqual({ mode: "on", internalIps: ["2001:db8::1", "10.0.0.0/8"] });
  const wrong = await cli(["on", "--store", store, "--allow-ip", "10.1.2.3/8"]);
  expect(wrong.stderr).toContain('"--allow-ip" must be an IP address or CIDR range');
  expect(wrong.stderr).toContain('received "10.1.2.3/8": ');
  expect(wrong.stderr).toContain('write "10.0.0.0/8" for the network or "10.1.2.3" for the one address');
  expect(wrong.code).toBe(2);
});

test("status does not load ipaddr.js", () => {
  const { store } = makePlace();
  const [node, ...args] = cliCommand();
  const seen = (words: readonly string[]) =>
    spawnSync(node!, [...args, ...words, "--store", store], {
      encoding: "utf8",
      env: { ...process.env, NODE_DEBUG: "module" },
    }).stderr.includes("ipaddr.js");
  expect([seen(["status"]), seen(["on", "--allow-ip", "10.0.0.1"])]).toEqual([false, true]);
});
