import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { arrowsOf, sources } from "./_rooms.ts";
import { drawRooms, fillPage, PAGE, PICTURE } from "./draw-rooms.ts";

const RENEW = "renew it with: node test/checks/draw-rooms.ts";

test("docs/rooms.svg shows the imports as they are", () => {
  expect(readFileSync(PICTURE, "utf8"), RENEW).toBe(drawRooms(arrowsOf(sources())));
});

test("docs/architecture.md lists the rooms and their imports as they are", () => {
  const page = readFileSync(PAGE, "utf8");
  expect(page, RENEW).toBe(fillPage(page, arrowsOf(sources())));
  expect(page).toMatch(/^\| `gate` +\|/m);
});
