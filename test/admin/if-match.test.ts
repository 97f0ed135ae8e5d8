import fc from "fast-check";
import { expect, test } from "vitest";
import { adminHandler } from "../../src/admin.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const NAMES = ["window", "windows/a", "windows/b"] as const;

const operations = fc.array(
  fc.record({
    path: fc.constantFrom(...NAMES),
    method: fc.constantFrom("GET", "PUT", "DELETE"),
    mode: fc.constantFrom("on", "read-only", "off"),
    operator: fc.nat(2),
  }),
  { minLength: 1, maxLength: 30 },
);

test("a change by If-Match wins exactly if nobody has changed the window since it was seen", async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (steps) => {
      const state = liveState(memoryStore());
      const admin = adminHandler({ state, authorize: () => ({ by: "ann" }) });
      const first = await admin(new Request("https://ops.test/api/state"));
      const token = first.headers.get("maintenance-token")!;
      /** What each window says, in a word, and what each operator has seen. Two that say the same are the same. */
      const says: Record<string, string> = { window: "new" };
      const seen: Record<string, { readonly tag: string | null; readonly says: string | undefined }> = {};
      let note = 0;
      for (const { path, method, mode, operator } of steps) {
        const key = `${operator} ${path}`;
        const url = `https://ops.test/api/${path}`;
        if (method === "GET") {
          const { headers } = await admin(new Request(url));
          seen[key] = { tag: headers.get("etag"), says: says[path] };
          continue;
        }
        const known = seen[key];
        const condition: Record<string, string> = known === undefined
          ? {}
          : known.tag === null
          ? { "if-none-match": "*" }
          : { "if-match": known.tag };
        const headers = { "content-type": "application/json", "maintenance-token": token, ...condition };
        const body = method === "PUT" ? { body: JSON.stringify({ mode, note: String(++note) }) } : {};
        const { status } = await admin(new Request(url, { method, headers, ...body }));
        const isGone = method === "DELETE" && says[path] === undefined;
        if (isGone) expect(status).toBe(404);
        else if (known === undefined) expect(status).toBe(428);
        else expect(status < 300 ? "won" : status).toBe(known.says === says[path] ? "won" : 412);
        if (status >= 300) continue;
        // A window that is off is gone.
        if (path !== "window" && (method === "DELETE" || mode === "off")) delete says[path];
        else says[path] = method === "DELETE" ? "opened" : String(note);
      }
      await state.close();
    }),
    { numRuns: 60 },
  );
});

test("of two changes at once to one window one wins, and of two windows both", async () => {
  const state = liveState(memoryStore());
  const admin = adminHandler({ state, authorize: () => true });
  const first = await admin(new Request("https://ops.test/api/state"));
  const { windows: [top] } = await first.json();
  const put = (path: string, mode: string, condition: Record<string, string>) =>
    admin(
      new Request(`https://ops.test/api/${path}`, {
        method: "PUT",
        headers: {
          "content-type": "application/json",
          "maintenance-token": first.headers.get("maintenance-token")!,
          ...condition,
        },
        body: JSON.stringify({ mode }),
      }),
    ).then(({ status }) => status);
  const seen = { "if-match": top.etag };
  const statuses = await Promise.all([put("window", "on", seen), put("window", "read-only", seen)]);
  expect(statuses.sort()).toEqual([200, 412]);
  const isNew = { "if-none-match": "*" };
  expect(await Promise.all([put("windows/a", "on", isNew), put("windows/b", "on", isNew)])).toEqual([201, 201]);
  expect(Object.keys(state.current.windows ?? {}).sort()).toEqual(["a", "b"]);
  await state.close();
});
