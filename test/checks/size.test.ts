import { expect, test } from "vitest";
import { sizeOf } from "./_size.ts";

/**
 * What the core may weigh with everything it imports, minified and with gzip -9. Nearly 15 000 bytes of it are the words of
 * the languages, and over 4 000 are ipaddr.js, of which only the hints in error messages make use.
 */
const CORE_BUDGET_BYTES = 54_000;

test(`the core fits into ${CORE_BUDGET_BYTES} bytes, minified and gzipped`, async () => {
  const { gzipped } = await sizeOf("index");
  expect(gzipped).toBeLessThanOrEqual(CORE_BUDGET_BYTES);
});
