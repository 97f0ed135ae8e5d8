import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { until } from "../_until.ts";
import { freePort } from "../_free-port.ts";
import { SERVER_PATH } from "../_needs.ts";

/** A real server, on a port of its own. */
export interface PostgresServer {
  readonly url: string;
  /** Ends it and removes its files. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a server and waits until it answers. */
export async function startPostgres(): Promise<PostgresServer> {
  const port = String(await freePort());
  const folder = mkdtempSync(join(tmpdir(), "maintenancemode-postgres-"));
  const data = join(folder, "data");
  const env = { ...process.env, PATH: SERVER_PATH, LC_ALL: "C" };
  // It refuses to run as root.
  const user = userInfo().uid === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const options = { env, cwd: folder, ...user } as const;
  const made = spawnSync("initdb", ["-D", data, "-U", "shop", "--auth", "trust", "--no-sync"], {
    ...options,
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(made.stderr ?? String(made.error));
  const server = spawn("postgres", ["-D", data, "-p", port, "-k", folder, "-h", "127.0.0.1", "-F"], {
    ...options,
    stdio: "ignore",
  });
  const gone = once(server, "close");
  const ask = ["-h", "127.0.0.1", "-p", port, "-U", "shop", "-d", "postgres", "-c", "SELECT 1"];
  await until(() => spawnSync("psql", ask, options).status === 0, "postgres answers");
  return {
    url: `postgres://shop@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      // "Immediate shutdown": it ends its own children.
      server.kill("SIGQUIT");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function idOf(option: "-u" | "-g"): number {
  return Number(spawnSync("id", [option, "nobody"], { encoding: "utf8" }).stdout);
}
