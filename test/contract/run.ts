// Holds stores against the contract in the runtime at hand: Node, Deno or Bun. Arguments: the origin of a state server and
// a folder for a database. Prints the results as one line of JSON.
import { join } from "node:path";
import process from "node:process";
import { open as openDenoKv } from "./fixtures/deno-kv.ts";
import { open as openHttp } from "./fixtures/http.ts";
import { open as openMemory } from "./fixtures/memory.ts";
import {
  notAtomic,
  openFiles as openUnstorageFiles,
  openLruCache as openUnstorageLruCache,
  openMemory as openUnstorageMemory,
} from "./fixtures/unstorage.ts";
import { hold, type Results } from "./hold.ts";

const [origin, folder] = process.argv.slice(2) as [string, string];

const results: Results = {
  memory: await hold(openMemory),
  http: await hold(() => openHttp(origin)),
  "unstorage/memory": await hold(openUnstorageMemory),
  "unstorage/lru-cache": await hold(openUnstorageLruCache),
  "unstorage/fs": await hold(openUnstorageFiles, notAtomic),
  ...("Deno" in globalThis) && { "deno-kv": await hold(() => openDenoKv(join(folder, "kv.sqlite3"))) },
};
console.log(JSON.stringify(results));
