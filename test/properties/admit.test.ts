import fc from "fast-check";
import { expect, test } from "vitest";
import { isAdmitted } from "../../src/gate/admit.ts";
import { siteOf } from "../bypass/_site.ts";

const cookie = fc.oneof(
  fc.stringMatching(/^[\da-f]{8}$/).map((digits) => `maintenance-admit=${digits}`),
  fc.constantFrom("", "maintenance-admit=", "maintenance-admit=zzzzzzzz", "a=b"),
);
const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(undefined, "", "nobody"));
const part = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1));

test("isAdmitted() at one part implies it at any larger one", () => {
  fc.assert(
    fc.property(cookie, address, part, part, (cookie, clientIp, a, b) => {
      const request = new Request("https://site.test/", { headers: { cookie } });
      const [less, more] = [Math.min(a, b), Math.max(a, b)];
      if (isAdmitted(request, clientIp, less)) expect(isAdmitted(request, clientIp, more)).toBe(true);
      expect(isAdmitted(request, clientIp, 0)).toBe(false);
      expect(isAdmitted(request, clientIp, 1)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("maintenanceMode() never puts a visitor out when admit is raised, whatever the mode", () => {
  const site = siteOf({});
  fc.assert(
    fc.property(cookie, address, fc.constantFrom("on" as const, "read-only" as const), part, part, (...given) => {
      const [cookie, clientIp, mode, a, b] = given;
      const passes = (admit: number) => {
        site.set({ mode, admit });
        return site.ask({ cookie }, "/", { clientIp }).outcome === "pass";
      };
      if (passes(Math.min(a, b))) expect(passes(Math.max(a, b))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
