import { afterEach, expect, test, vi } from "vitest";
import { insist } from "../../src/stores/deno-kv/insist.ts";

afterEach(() => void vi.useRealTimers());

/** A database that another process holds for so long. */
function lockedFor(ms: number): () => Promise<string> {
  const since = performance.now();
  return () =>
    performance.now() - since < ms ? Promise.reject(new Error("database is locked")) : Promise.resolve("done");
}

test("insist() outlasts another process that holds the database for seconds, as a slow disk makes it", async () => {
  vi.useFakeTimers();
  const used = insist(lockedFor(3_500));
  await vi.advanceTimersByTimeAsync(3_600);
  expect(await used).toBe("done");
});

test("insist() fails in time for the store to say why", async () => {
  vi.useFakeTimers();
  const failed = expect(insist(lockedFor(60_000))).rejects.toThrow("database is locked");
  await vi.advanceTimersByTimeAsync(4_100);
  await failed;
});

test("insist() tries nothing again that fails for another reason", async () => {
  const use = vi.fn(() => Promise.reject(new Error("disk I/O error")));
  await expect(insist(use)).rejects.toThrow("disk I/O error");
  expect(use).toHaveBeenCalledOnce();
});
