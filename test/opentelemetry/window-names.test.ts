import { expect, test } from "vitest";
import { createWindowNames } from "../../src/opentelemetry/window-names.ts";

test("createWindowNames() calls 500 windows by their names, and all others _OTHER", () => {
  const { labelOf, labels } = createWindowNames();
  for (let i = 0; i < 500; i++) expect(labelOf(`tenant-${i}`)).toBe(`tenant-${i}`);
  expect([labelOf("late"), labelOf("later"), labelOf("tenant-7")]).toEqual(["_OTHER", "_OTHER", "tenant-7"]);
  expect(labels.size).toBe(501);
});
