import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { importsOf } from "./_arrows.ts";

const root = new URL("../../", import.meta.url);

function files(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`)
  );
}

test("no file holds a path of the machine it was made on", () => {
  const machine = /(?<!\w)\/(?:home|Users|root|tmp|work)\/\w/;
  expect(files("src", "dist", "test").filter((file) => machine.test(readFileSync(file, "utf8")))).toEqual([]);
});

test("no built module but maintenancemode/node imports one of Node's own", () => {
  const found = files("dist")
    .filter((file) => file.endsWith(".js") && !file.endsWith("/node.js"))
    .flatMap((file) => importsOf(readFileSync(file, "utf8")).filter((name) => name.startsWith("node:")));
  expect(found).toEqual([]);
});

test("package-lock.json holds no address of a registry", () => {
  expect(readFileSync(new URL("package-lock.json", root), "utf8")).not.toContain('"resolved"');
});
