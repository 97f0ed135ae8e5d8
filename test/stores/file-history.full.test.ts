/** The history beside a state file: what it keeps, and what several processes make of it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readHistory } from "../../src/state/history.ts";
import { fileStore } from "../../src/stores/file.ts";
import { trace } from "./_changes.ts";
import { Child, isRoot, newFolder, pick } from "./_file.ts";

test("fileStore() keeps each change of several processes, in the order in which they were made", async () => {
  const folder = newFolder();
  const path = join(folder, "maintenance.json");
  const children = await Promise.all(pick("Node 24", "Node 20", "Deno", "Bun").map((each) => Child.start(each, path)));
  await Promise.all(children.map((child) => child.ask("makeChanges", 25)));
  const history = (await readHistory(fileStore(path)))!;
  const numbers = Array.from({ length: 25 * children.length }, (_, i) => i + 1);
  expect(trace(history)).toEqual({ numbers, isChain: true });
  // A line for each, and nothing is left over.
  expect(readFileSync(`${path}.log`, "utf8").trimEnd().split("\n")).toHaveLength(numbers.length);
  expect(readdirSync(folder).sort()).toEqual(["maintenance.json", "maintenance.json.log"]);
  await Promise.all(children.map((child) => child.kill()));
});

test("fileStore() keeps whole lines when processes are killed while they append", async () => {
  const path = join(newFolder(), "maintenance.json");
  const [runtime] = pick("Node 24");
  for (let round = 0; round < 6; round++) {
    const child = await Child.start(runtime!, path);
    let settled = 0;
    const appending = Array.from({ length: 20 }, (_, i) => child.ask("append", JSON.stringify({ round, i })));
    for (const each of appending) each.then(() => settled++, () => {});
    await appending[round * 3];
    await child.kill();
    await fileStore(path).history.append(JSON.stringify({ round, isLast: true }));
    const lines = readFileSync(`${path}.log`, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
    expect(lines.at(-1)).toEqual({ round, isLast: true });
    const own = lines.filter((line) => line.round === round).slice(0, -1);
    expect(own).toEqual(own.map((_, i) => ({ round, i })));
    expect(own.length).toBeGreaterThanOrEqual(settled);
  }
});

test("fileStore() keeps the last 1 000 changes, and at most 1 MiB", async () => {
  const path = join(newFolder(), "maintenance.json");
  const { history } = fileStore(path);
  const lines = (count: number, text: string) => Array.from({ length: count }, (_, i) => JSON.stringify({ i, text }));
  writeFileSync(`${path}.log`, lines(1_000, "").join("\n"));
  await history.append('{"i":"last"}');
  const kept = await history.list(1_000);
  expect(kept).toHaveLength(1_000);
  expect([kept[0], kept.at(-1)]).toEqual(['{"i":1,"text":""}', '{"i":"last"}']);

  writeFileSync(`${path}.log`, lines(100, "ü".repeat(5_200)).join("\n"));
  await history.append(JSON.stringify({ note: "x".repeat(20_000) }));
  expect(statSync(`${path}.log`).size).toBeLessThanOrEqual(1 << 20);
  expect((await history.list(1_000)).length).toBeGreaterThan(90);
});

test("fileStore() keeps the history beside the file that a link leads to, with the permissions that it has", async () => {
  const [folder, other] = [newFolder(), newFolder()];
  const path = join(folder, "maintenance.json");
  symlinkSync(path, join(other, "link.json"));
  writeFileSync(`${path}.log`, "", { mode: 0o640 });
  await fileStore(join(other, "link.json")).history.append("{}");
  expect(existsSync(join(other, "link.json.log"))).toBe(false);
  expect(await fileStore(path).history.list(1)).toEqual(["{}"]);
  expect(statSync(`${path}.log`).mode & 0o777).toBe(0o640);
});

test("fileStore() says why it cannot keep the history", async () => {
  const path = join(newFolder(), "maintenance.json");
  mkdirSync(`${path}.log`);
  await expect(fileStore(path).history.append("{}")).rejects.toThrow(
    `Cannot add to the history in ${JSON.stringify(`${path}.log`)}: it is a directory where a file was expected`,
  );
  const gone = join(path, "..", "gone", "maintenance.json");
  await expect(fileStore(gone).history.list(1)).rejects.toThrow(
    `Cannot read the history in ${JSON.stringify(`${gone}.log`)}: its directory does not exist`,
  );
  const long = join(newFolder(), "maintenance.json");
  writeFileSync(`${long}.log`, "x".repeat((1 << 20) + 1));
  await expect(fileStore(long).history.append("{}")).rejects.toThrow(
    "it is longer than 1048576 bytes (1 MiB): move it away",
  );
});

test.skipIf(!isRoot)("fileStore() adds to a history that another user has begun", async () => {
  const path = join(newFolder(), "maintenance.json");
  await fileStore(path).history.append('{"by":"root"}');
  const [runtime] = pick("Node 24");
  chmodSync(join(path, ".."), 0o777);
  const child = await Child.start(runtime!, path, { wrap: ["setpriv", "--reuid=65534", "--clear-groups"] });
  await child.ask("append", '{"by":"nobody"}');
  await child.kill();
  expect(await fileStore(path).history.list(10)).toEqual(['{"by":"root"}', '{"by":"nobody"}']);
});
