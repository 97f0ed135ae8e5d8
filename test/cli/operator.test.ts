import { hostname, userInfo } from "node:os";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readOperator } from "../../src/cli/input/operator.ts";

const ACTORS = [
  "GITHUB_TRIGGERING_ACTOR",
  "GITHUB_ACTOR",
  "GITLAB_USER_LOGIN",
  "BUILDKITE_UNBLOCKER",
  "BUILDKITE_BUILD_CREATOR",
  "CIRCLE_USERNAME",
  "BUILD_REQUESTEDFOR",
  "BUILD_USER_ID",
  "GO_TRIGGER_USER",
];

beforeEach(() => {
  for (const name of ["MAINTENANCE_BY", ...ACTORS]) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

test("the operator is the user of this machine", () => {
  expect(readOperator({})).toBe(`${userInfo().username}@${hostname()}`);
});

test.each(ACTORS)("the operator is the one that %s names", (name) => {
  vi.stubEnv(name, "octocat");
  expect(readOperator({})).toBe("octocat");
});

test("the operator is who has run a job of GitHub Actions again", () => {
  vi.stubEnv("GITHUB_ACTOR", "octocat");
  vi.stubEnv("GITHUB_TRIGGERING_ACTOR", "hubot");
  expect(readOperator({})).toBe("hubot");
});

test("--by comes before MAINTENANCE_BY, and that before all else", () => {
  vi.stubEnv("GITHUB_ACTOR", "octocat");
  vi.stubEnv("MAINTENANCE_BY", "alice");
  expect(readOperator({})).toBe("alice");
  expect(readOperator({ by: "bob" })).toBe("bob");
});

test("a name that a service gives is cut to what a state can hold", () => {
  vi.stubEnv("BUILD_REQUESTEDFOR", `\x1b[31m${"Ann ".repeat(100)}`);
  expect(readOperator({})).toMatch(/^\[31mAnn .{190,}$/);
  expect(readOperator({})).toHaveLength(200);
});

test.each([
  [{ by: "" }, '"--by" must be a name, received ""'],
  [{ by: "a\nb" }, '"--by" must be a name of 1 to 200 printable characters, received "a\\nb"'],
])("%j is refused", (options, message) => {
  expect(() => readOperator(options)).toThrow(message);
});

test("a name in MAINTENANCE_BY that is none is refused", () => {
  vi.stubEnv("MAINTENANCE_BY", " ");
  expect(() => readOperator({})).toThrow("MAINTENANCE_BY must be a name of 1 to 200 printable characters");
});
