import { expect, test } from "vitest";
import { describeAdmissions } from "../../src/cli/output/describe.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";

function gettingIn(state: MaintenanceState, admits?: readonly string[]): string {
  const instances = admits && [{ admits } as never];
  return describeAdmissions(state, instances).rows[0]![1];
}

test("describeAdmissions() says which requests count as reading", () => {
  const reading = "visitors who only read (GET, HEAD and other safe methods";
  expect(gettingIn({ mode: "read-only" }, [])).toBe(`${reading})`);
  expect(gettingIn({ mode: "read-only", reads: ["POST /a", "/b"], writes: ["GET /c"] }, [])).toBe(
    `${reading}; also POST /a, /b; not GET /c)`,
  );
});

test("describeAdmissions() says that the site's own code counts requests as reading, while that matters", () => {
  expect(gettingIn({ mode: "read-only" }, ["safe-method"])).toMatch(
    /; whoever the site's own code allows: requests that it counts as reading$/,
  );
  expect(gettingIn({ mode: "on", reads: ["POST /a"] }, ["safe-method"])).toBe("nobody");
});
