/**
 * Whatever way a request for a closed path is written: if the app behind the gate takes it there, the gate has closed it.
 *
 *     SPELLINGS=100000 SEED=1 npx vitest run test/spellings
 */
import fc from "fast-check";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { afterAll, expect, test } from "vitest";
import { gateRequest } from "../../src/hosts/node/request.ts";
import { compilePart } from "../../src/state/part.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { ROUTERS } from "./_routers.ts";
import { sendAll } from "./_send.ts";
import { CLOSED, HOST, type Spelling, spelling } from "./_targets.ts";

const COUNT = Number(process.env.SPELLINGS ?? 20_000);
const SEED = Number(process.env.SEED ?? 503);
const patterns = CLOSED.map(({ pattern }) => pattern);

/** States that close the paths, the paths of a host, and all of the host. */
const states = {
  paths: { urls: patterns },
  pathsOfHost: { urls: patterns.map((pattern) => `https://${HOST}${pattern}`) },
  host: { hosts: [HOST] },
  pathsOnHost: { hosts: [HOST], urls: patterns },
};

type Verdicts = Record<keyof typeof states, boolean>;

const tests = Object.entries(states).map(([name, state]) =>
  [name, compilePart({ mode: "on", ...state } as MaintenanceState).appliesTo!] as const
);

function askAbout(request: Request): Verdicts {
  return Object.fromEntries(tests.map(([name, isClosed]) => [name, isClosed(request)])) as Verdicts;
}

/** Whether a host, as a framework gives it, is the closed one. */
function isHost(host: string): boolean {
  return host.toLowerCase().replace(/:\d*$/, "").replace(/\.+$/, "") === HOST;
}

const spellings = fc.sample(spelling, { numRuns: COUNT, seed: SEED });
const totals: string[] = [];
afterAll(() => console.log(totals.join("\n")));

test.each(Object.entries(ROUTERS))(
  "%s routes no spelling to a closed path that the gate leaves open",
  async (name, create) => {
    const verdicts = new Map<number, Verdicts[]>();
    const note = (id: number, request: Request) => {
      if (!verdicts.has(id)) verdicts.set(id, []);
      verdicts.get(id)!.push(askAbout(request));
    };
    const counts = { found: 0, closed: 0, host: 0 };
    const evasions: (Spelling & { open: string })[] = [];
    const listener = await create({
      asked: note,
      found({ id, isClosed, host }) {
        const isMeant = isHost(host);
        counts.found++;
        if (isClosed) counts.closed++;
        if (isMeant) counts.host++;
        for (const verdict of verdicts.get(id)!) {
          const open = [
            isClosed && !verdict.paths && "paths",
            isClosed && isMeant && !verdict.pathsOfHost && "pathsOfHost",
            isClosed && isMeant && !verdict.pathsOnHost && "pathsOnHost",
            isMeant && !verdict.host && "host",
          ].filter((each) => each !== false).join();
          if (open !== "") evasions.push({ ...spellings[id]!, open });
        }
      },
    });
    let last = -1;
    const server = createServer((req, res) => {
      last = Number(req.headers["x-id"]);
      note(last, gateRequest(req));
      listener(req, res);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const start = performance.now();
    try {
      await sendAll((server.address() as AddressInfo).port, spellings, () => last);
    } finally {
      server.closeAllConnections();
      server.close();
    }
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    totals.push(
      `${name}: ${COUNT} sent, ${counts.found} read, ${counts.closed} for a closed path, ${counts.host} for the closed host, ${evasions.length} evasions, ${seconds} s`,
    );
    // Enough of them have to get there, or the test says nothing.
    expect(counts.closed / COUNT).toBeGreaterThan(0.1);
    expect(counts.host / COUNT).toBeGreaterThan(0.3);
    evasions.sort((a, b) => a.target.length - b.target.length);
    expect(evasions.slice(0, 10)).toEqual([]);
  },
  600_000,
);
