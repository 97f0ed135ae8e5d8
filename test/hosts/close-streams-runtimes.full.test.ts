/** `closeStreams` of the hosts that have no Node server, in their runtimes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { hasFromNpm } from "../_needs.ts";
import { until } from "../_until.ts";
import { commandsOf } from "./_fixture.ts";

const { deno, bun, node } = commandsOf("close-streams");

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

async function start(command: readonly [string, ...string[]], kind: string, afterMs = 0) {
  const child = spawn(command[0], [...command.slice(1), kind, String(afterMs)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  children.add(child);
  let output = "";
  child.stdout.on("data", (data) => output += data);
  await until(() => output.includes("\n"), "it listens");
  return {
    url: `127.0.0.1:${parseInt(output)}`,
    output: () => output,
    say: (line: string) => void child.stdin.write(`${line}\n`),
  };
}

const STAFF = { cookie: "staff" };

/** `EventSource` sends it, and Bun needs it to count a stream as one. */
const EVENTS = { accept: "text/event-stream" };

describe.each(
  [
    ["withMaintenance() of /deno", "deno", deno],
    ["withMaintenance() of /bun", "bun", bun],
    ["withMaintenance() of /fetch in Deno", "deno-fetch", deno],
    ["createGuard() of /fetch in Deno", "deno-guard", deno],
    ["withMaintenance() of /fetch in Bun", "bun-fetch", bun],
    ["withMaintenance() of /fetch in Node", "node-fetch", node("node")],
  ] as const,
)("closeStreams of %s", (_name, kind, command) => {
  const runtime = kind.split("-")[0]!;
  const isHere = hasFromNpm(runtime, command[0]);

  test.skipIf(!isHere)("ends event streams when maintenance begins, and leaves staff and other responses", async () => {
    const { url, say, output } = await start(command, kind);
    const staff = (await fetch(`http://${url}/events`, { headers: { ...EVENTS, ...STAFF } })).body!.getReader();
    const streams = await Promise.all(
      ["/events", "/events-async"].map((path) => fetch(`http://${url}${path}`, { headers: EVENTS })),
    );
    const slow = fetch(`http://${url}/slow`).then((response) => response.text());
    const countOf = (what: string) => Number(output().split("\n").at(-2)?.match(`"${what}":(\\d+)`)?.[1]);
    const counts = async (what: string, number: number) => {
      await until(() => (say("count"), countOf(what) === number), `${number} ${what}`);
    };
    await counts("streams", 3);
    await counts("inFlight", 1);
    say("on");
    for (const stream of streams) expect(await stream.text()).toMatch(/^(?:data: tick\n\n)+$/);
    await until(() => output().match(/stopped/g)?.length === 2, "the app stops sending events");
    say("release");
    expect(await slow).toBe("slow");
    for (let i = 0; i < 20; i++) expect((await staff.read()).done).toBe(false);
    await staff.cancel();
    await counts("streams", 0);
  });

  test.skipIf(!isHere || runtime !== "deno")("closes WebSockets with 1012, and leaves those of staff", async () => {
    const { url, say } = await start(command, kind);
    const open = async (path: string, options = {}) => {
      const socket = new WebSocket(`ws://${url}${path}`, options);
      await once(socket, "open");
      return socket;
    };
    const staff = await open("/ws", { headers: STAFF });
    const visitors = [await open("/ws"), await open("/ws-async")];
    const closed = visitors.map((socket) => once(socket, "close"));
    say("on");
    for (const [code] of await Promise.all(closed)) expect(code).toBe(1012);
    staff.send("still here");
    expect(String((await once(staff, "message"))[0])).toBe("still here");
    staff.close();
  });

  test.skipIf(!isHere)("leaves an event stream open during the grace", async () => {
    const { url, say } = await start(command, kind, 60_000);
    const reader = (await fetch(`http://${url}/events`)).body!.getReader();
    say("on");
    await until(async () => (await fetch(`http://${url}/`)).status === 503, "it is on");
    // The gate looks at the state once a second.
    const end = performance.now() + 1_500;
    while (performance.now() < end) expect((await reader.read()).done).toBe(false);
    await reader.cancel();
  });
});
