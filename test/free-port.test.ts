import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "./_free-port.ts";

afterEach(() => vi.restoreAllMocks());

/** Has the next port that is tried be this one. */
function propose(port: number, also = 0): ReturnType<typeof vi.spyOn> {
  return vi.spyOn(Math, "random").mockReturnValueOnce((port - 11_000 + 0.5) / (21_000 - also));
}

/** Listens on a port of those that are given, by trying one after the other. */
async function listenUnreserved(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  for (let port = 30_000;; port++) {
    const isListening = once(server, "listening").then(() => true, () => false);
    server.listen(port);
    if (await isListening) return port;
  }
}

test("freePort() gives no port twice, also to two who ask at once", async () => {
  const first = await freePort();
  propose(first);
  expect(await freePort()).not.toBe(first);
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(new Set(ports).size).toBe(50);
});

test("freePort() gives no port that another process has", async () => {
  const ours = await freePort();
  const source = `import { freePort } from ${JSON.stringify(new URL("_free-port.ts", import.meta.url).href)};
    const random = Math.random;
    let tries = 0;
    Math.random = () => tries++ === 0 ? ${(ours - 11_000 + 0.5) / 21_000} : random();
    console.log(JSON.stringify({ port: await freePort(), tries }));`;
  const args = ["--no-warnings", "--input-type=module", "--eval", source];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const theirs = JSON.parse(stdout) as { port: number; tries: number };
  expect(theirs.tries).toBeGreaterThan(1);
  expect(theirs.port).not.toBe(ours);
});

test("freePort() gives no port on which a program listens that reserves none", async () => {
  const port = await listenUnreserved();
  const random = propose(port);
  expect(await freePort()).not.toBe(port);
  expect(random.mock.calls.length).toBeGreaterThan(1);
});

test("freePort() gives no port below another one that is asked for and taken", async () => {
  const bus = await freePort({ also: 1 });
  const random = propose(bus - 7, 7);
  expect(await freePort({ also: 7 })).not.toBe(bus - 7);
  expect(random.mock.calls.length).toBeGreaterThan(1);
});
