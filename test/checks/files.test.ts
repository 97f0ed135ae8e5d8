import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { importsOf } from "./_rooms.ts";

const root = new URL("../../", import.meta.url);

function files(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    // What tests install and build is not ours.
    readdirSync(new URL(folder, root), { withFileTypes: true }).filter(({ name }) =>
      !/^(node_modules|\.apps)$/.test(name)
    )
      .flatMap((entry) => entry.isDirectory() ? files(`${folder}/${entry.name}`) : [join(entry.parentPath, entry.name)])
  );
}

test("no file holds a path of the machine it was made on", () => {
  const machine = /(?<!\w)\/(?:home|Users|root|tmp|work)\/\w/;
  expect(files("src", "dist", "test").filter((file) => machine.test(readFileSync(file, "utf8")))).toEqual([]);
});

test("no built module but those for servers imports one of Node's own, or reaches one that does", () => {
  // The command line loads what it needs of its own pieces when it needs it.
  const forServers = /^(?:node|cli|fastify|koa|nuxt|redis-client-\w+|completions-\w+|stores\/file)\.js$/;
  const built = new Map(
    files("dist").filter((file) => file.endsWith(".js")).map((file) => [file, importsOf(readFileSync(file, "utf8"))]),
  );
  const dist = fileURLToPath(new URL("dist/", root));
  const reaches = (file: string): boolean =>
    built.get(file)!.some((name) =>
      name.startsWith("node:") || (name.startsWith(".") && reaches(resolve(dirname(file), name)))
    );
  const entries = [...built.keys()].filter((file) => !relative(dist, file).startsWith("chunk-"));
  const found = entries.map((file) => relative(dist, file)).filter((name) => reaches(join(dist, name)));
  expect(entries.length).toBeGreaterThan(10);
  expect(found.filter((name) => !forServers.test(name))).toEqual([]);
});

test.each(["package-lock.json", "docs/package-lock.json", "test/frameworks/package-lock.json"])(
  "%s holds no address of a registry",
  (lock) => {
    expect(readFileSync(new URL(lock, root), "utf8")).not.toContain('"resolved"');
  },
);
