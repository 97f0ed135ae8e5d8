import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { optionError } from "../_errors.ts";
import { fileStore } from "../../src/stores/file.ts";
import { Child, newFolder, pick } from "./_file.ts";

describe("fileStore(path)", () => {
  test.each([
    ["/srv/site/maintenance.json", "/srv/site/maintenance.json"],
    ["/srv/a b/../50%25.json", "/srv/50%25.json"],
    ["file:///srv/a%20b.json", "/srv/a b.json"],
    ["file:/srv/a b.json", "/srv/a b.json"],
    ["state", join(process.cwd(), "state")],
    ["./.state", join(process.cwd(), ".state")],
    ["file:state.json", join(process.cwd(), "state.json")],
    [new URL("file:///srv/a%23b.json"), "/srv/a#b.json"],
  ])("takes %s", (path, expected) => {
    expect(fileStore(path).name).toBe(`file:${expected}`);
    expect(fileStore(fileStore(path).name!).name).toBe(`file:${expected}`);
  });

  const accepted = 'Cannot open the file store: "path" must be a path or a "file:" URL, received';
  const folder = 'Cannot open the file store: "path" must be the path of a file, not of a directory, received';
  const hint = ': put "maintenance.json" after it';
  test.each<[unknown, string]>([
    ["", `${accepted} ""`],
    [undefined, `${accepted} undefined`],
    [7, `${accepted} 7`],
    [Buffer.from("/x"), `${accepted} an instance of Buffer`],
    ["redis://:secret@host/1", `${accepted} a URL that starts with "redis:"`],
    [new URL("https://user:secret@site.test/"), `${accepted} a URL that starts with "https:"`],
    ["/srv/", `${folder} "/srv/"${hint}`],
    ["/", `${folder} "/"${hint}`],
    ["/srv/..", `${folder} "/srv/.."${hint}`],
    [".", `${folder} "."${hint}`],
    ["..", `${folder} ".."${hint}`],
    ["file:", `${folder} "file:"${hint}`],
    [new URL("file:///srv/"), `${folder} "file:///srv/"${hint}`],
    [
      "/srv/a\0b",
      'Cannot open the file store: "path" must be a path without a NUL character, received "/srv/a\\u0000b"',
    ],
    [
      "file:///srv/a?b",
      'Cannot open the file store: "path" must be a "file:" URL without query and fragment, received "file:///srv/a?b": ' +
      'write "?" as %3F, "#" as %23',
    ],
    [
      "file://host/srv/a",
      'Cannot open the file store: "path" must be the URL of a file on this machine, received "file://host/srv/a"',
    ],
    ["file://user:secret@host/srv/a", `${accepted} a URL that starts with "file:" and is not valid`],
  ])("refuses %j", (path, message) => {
    expect(() => fileStore(path as string)).toThrow(optionError(message));
  });

  test.each([0, -1, NaN, 2 ** 31, Infinity, "1s", null])("refuses the interval %j", (pollIntervalMs) => {
    expect(() => fileStore("/x", { pollIntervalMs: pollIntervalMs as number })).toThrow(
      /^Cannot open the file store: "pollIntervalMs" must be a number of milliseconds above 0, received /,
    );
  });

  test("refuses unknown options", () => {
    expect(() => fileStore("/x", { poll: 1 } as never)).toThrow(
      optionError('Cannot open the file store: unknown name "poll" in options: did you mean "pollIntervalMs"?'),
    );
  });

  test("polls each second unless told otherwise", () => {
    expect(fileStore("/x").pollIntervalMs).toBe(1_000);
    expect(fileStore("/x", { pollIntervalMs: 50 }).pollIntervalMs).toBe(50);
  });

  test("stays the same file when the working directory changes", async () => {
    const folder = newFolder();
    // Not this process, whose other tests run meanwhile.
    const child = await Child.start(pick("Node 24")[0]!, "test/stores/none.json");
    await child.ask("chdir", folder);
    writeFileSync(join(folder, "none.json"), "wrong");
    expect(await child.ask("read")).toBeUndefined();
    await child.kill();
  });

  test("opens nothing", () => {
    const folder = newFolder();
    const { read: _, ...store } = fileStore(join(folder, "a", "b.json"));
    expect(readdirSync(folder)).toEqual([]);
    store.close();
  });
});
