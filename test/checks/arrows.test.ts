import { expect, test } from "vitest";
import { arrowsOf, circlesIn, EVERYWHERE, importsOf, ROOMS, sources, wrongArrows } from "./_rooms.ts";

test("imports in src/ point one way, and every file has a room", () => {
  const files = [...sources()];
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(([file, text]) => wrongArrows(file, text))).toEqual([]);
});

test("a room imports only rooms above it in the list", () => {
  const order = Object.keys(ROOMS);
  const upwards = order.flatMap((room, place) =>
    ROOMS[room]!.imports.filter((other) => !order.slice(0, place).includes(other)).map((other) => `${room} -> ${other}`)
  );
  expect(upwards).toEqual([]);
});

test("the list of rooms allows no arrow that nobody draws", () => {
  const drawn = arrowsOf(sources());
  const idle = Object.entries(ROOMS).flatMap(([room, { imports }]) =>
    imports.filter((other) => !drawn.get(room)!.includes(other)).map((other) => `${room} -> ${other}`)
  );
  expect(idle).toEqual([]);
  expect(EVERYWHERE.every((room) => room in ROOMS)).toBe(true);
});

test("no files in src/ import each other in a circle", () => {
  expect(circlesIn(sources())).toEqual([]);
});

test("circlesIn() finds a circle over three files", () => {
  const files = new Map([
    ["gate/a.ts", 'import "./b.ts";'],
    ["gate/b.ts", 'export * from "../state/c.ts";'],
    ["state/c.ts", 'import type { A } from "../gate/a.ts";'],
  ]);
  expect(circlesIn(files)).toEqual([["gate/a.ts", "gate/b.ts", "state/c.ts", "gate/a.ts"]]);
});

test("relative imports in src/ name a file that exists, with its extension", () => {
  const files = sources();
  const missing = [...files].flatMap(([file, text]) =>
    importsOf(text)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => new URL(specifier, `file:///${file}`).pathname.slice(1))
      .filter((target) => !files.has(target))
      .map((target) => `${file} -> ${target}`)
  );
  expect(missing).toEqual([]);
});

test.each([
  ["gate/gate.ts", 'import { compilePage } from "../answer/page/page.ts";', "gate/gate.ts -> answer/page/page.ts"],
  ["gate/gate.ts", 'import type { Handler } from "../hosts/deno.ts";', "gate/gate.ts -> hosts/deno.ts"],
  ["gate/gate.ts", 'export * from "../maintenance.ts";', "gate/gate.ts -> maintenance.ts"],
  ["gate/gate.ts", 'import "node:net";', "gate/gate.ts -> node:net"],
  ["gate/gate.ts", 'const late = await import("../state/live-state.ts");', "gate/gate.ts -> state/live-state.ts"],
  ["cli/input/addresses.ts", 'import ipaddr from "ipaddr.js-fork";', "cli/input/addresses.ts -> ipaddr.js-fork"],
  ["match/ip/ip-address.ts", 'import ipaddr from "ipaddr.js";', "match/ip/ip-address.ts -> ipaddr.js"],
  ["answer/response.ts", 'import type { Gate } from "../gate/gate.ts";', "answer/response.ts -> gate/gate.ts"],
  ["hosts/deno.ts", 'import * as other from "@whatwg-node/other";', "hosts/deno.ts -> @whatwg-node/other"],
  ["hosts/deno.ts", 'import { page } from "../answer/page/page.ts";', "hosts/deno.ts -> answer/page/page.ts"],
  ["stores/redis.ts", 'import { fileStore } from "./file.ts";', "stores/redis.ts -> stores/file.ts"],
  ["stores/redis.ts", 'import { lock } from "./file/lock.ts";', "stores/redis.ts -> stores/file/lock.ts"],
  ["stores/redis/scripts.ts", 'import "../redis.ts";', "stores/redis/scripts.ts -> stores/redis.ts"],
  ["elsewhere/new.ts", 'import "../types/store.ts";', "elsewhere/new.ts has no room"],
])("wrongArrows() finds in %s the import %s", (file, text, found) => {
  expect(wrongArrows(file, text)).toEqual([found]);
});

test.each([
  ["gate/gate.ts", 'import type { MaintenanceContext } from "../types/context.ts";'],
  ["cli/input/addresses.ts", 'const { default: ipaddr } = await import("ipaddr.js");'],
  ["answer/page/page.ts", 'import { received } from "../../util/received.ts";'],
  ["hosts/node.ts", 'import { createServerAdapter } from "@whatwg-node/server";'],
  ["stores/redis.ts", 'import { SCRIPTS } from "./redis/scripts.ts";'],
  ["gate/gate.ts", '// import { html } from "../answer/page/html.ts";'],
])("wrongArrows() accepts in %s the import %s", (file, text) => {
  expect(wrongArrows(file, text)).toEqual([]);
});
