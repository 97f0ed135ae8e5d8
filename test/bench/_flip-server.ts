/**
 * One process of the site in the flip benchmark: `_flip-server.ts <url of Redis>`.
 *
 * It prints its port, and with each change of the state the mode and the time by the clock of the machine.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createClient } from "redis";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { machineNow } from "../night/_ledger.ts";

const client = await createClient({ url: process.argv[2]! }).connect();
const state = await liveState(redisStore(client), { startTimeoutMs: 20_000 }).ready;
state.on("change", ({ mode }) => void process.stdout.write(`${mode} ${machineNow()}\n`));

const server = createServer(withMaintenance(maintenanceMode({ state }), () => new Response("the site")));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
// The parent is gone.
process.stdin.on("end", () => process.exit()).resume();
