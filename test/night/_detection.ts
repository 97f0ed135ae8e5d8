/** That a night would notice what it is there to notice. */
import { type Agent, request } from "node:http";
import { until } from "../stores/_redis.ts";
import { type Entry, readLedger } from "./_ledger.ts";
import { startProcess } from "./_processes.ts";

/** What a night has. */
export interface Night {
  /** The port of nginx. */
  readonly front: number;
  readonly agent: Agent;
  /** The path of the ledger. */
  readonly path: string;
  readonly failures: string[];
  cli(args: readonly string[]): Promise<[code: unknown, text: string]>;
  /** The command of a migration that takes so many milliseconds. */
  migration(ms: number): string[];
  /** Waits until each process lets visitors in. */
  isOpen(): Promise<void>;
  log(line: string): void;
}

/** Shows that the migration fails when it has to, and that `--wait` and `run` see why. */
export async function proveDetection(
  { front, agent, path, failures, cli, migration, isOpen, log }: Night,
): Promise<void> {
  const [code, text] = await runToEnd(migration(300));
  if (code !== 1) failures.push(`The migration does not notice that the site is open: ${code} ${text}`);

  const held = hold(front, agent);
  const isHeld = ({ mark, detail }: Entry) => mark === "begin" && detail === "POST /upload/held";
  await until(() => readLedger(path).entries.some(isHeld), "a request is held", 60_000);
  const [onCode, onText] = await cli(["on", "--reason", "without waiting"]);
  if (onCode !== 0) failures.push(`on has ended with ${onCode}: ${onText}`);
  const [badCode, badText] = await runToEnd(migration(0));
  if (badCode !== 1 || !/in flight in .*: POST \/upload\/held/.test(badText)) {
    failures.push(`The migration does not notice a request that is in flight: ${badCode} ${badText}`);
  }
  const [waitCode, waitText] = await cli(["run", "--wait", "6s", "--", ...migration(0)]);
  if (waitCode !== 5 || !waitText.includes("POST /upload/held")) {
    failures.push(`run does not wait for a request that is in flight: ${waitCode} ${waitText}`);
  }
  held.release();
  const outcome = await held.outcome;
  if (outcome !== 200) failures.push(`A request that was let in before maintenance got ${outcome}`);
  const [offCode, offText] = await cli(["off", "--wait", "60s"]);
  if (offCode !== 0) failures.push(`off --wait has ended with ${offCode}: ${offText}`);
  await isOpen();
  if (failures.length === 0) log("the migration fails while the site is open, and while one request is in flight");
}

async function runToEnd(command: readonly string[]): Promise<[code: unknown, text: string]> {
  const running = await startProcess(command);
  return [await running.gone, running.output()];
}

/** Sends a request that goes on until it is released. */
function hold(port: number, agent: Agent): { release(): void; outcome: Promise<number | string> } {
  const headers = { "transfer-encoding": "chunked" };
  const sent = request({ host: "127.0.0.1", port, path: "/upload/held", method: "POST", agent, headers });
  sent.write("the first part");
  return {
    release: () => void sent.end("the last part"),
    outcome: new Promise((resolve) => {
      sent.on("error", (error) => resolve(error.message));
      sent.on("response", (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
    }),
  };
}
