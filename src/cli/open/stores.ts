import { isAbsolute } from "node:path";
import process from "node:process";
import { received } from "../../util/received.ts";
import type { MaintenanceStore } from "../../types/store.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { defaultOf, importOwn, isPath, type Module } from "./modules.ts";
import { addSecretsOf, reasonOf, show, withoutPassword } from "../output/secrets.ts";

/** The store of a command. */
export interface OpenStore {
  readonly store: MaintenanceStore;
  /** The name of the store in reports, without passwords. */
  readonly label: string;
  /** The value of `--store`, without its password; `undefined` if the store came from MAINTENANCE_STORE. */
  readonly flag: string | undefined;
  /** Closes the store. */
  close(): void;
}

const FORMS = "file:maintenance.json, redis://host:6379, denokv:, https://… or the name of a module";

/** A store that was just opened. */
type Opened = Pick<OpenStore, "store" | "label"> & { close?: () => void };

/** Whether a store is named by `--store` or MAINTENANCE_STORE. */
export function isStoreGiven(given: string | undefined): boolean {
  return Boolean(given ?? process.env["MAINTENANCE_STORE"]);
}

/**
 * Opens the store that `--store` or MAINTENANCE_STORE names.
 *
 * @throws {CliError} If neither names a store, or the store cannot be opened.
 */
export async function openStore(given: string | undefined): Promise<OpenStore> {
  const text = given ?? process.env["MAINTENANCE_STORE"] ?? "";
  if (text === "") throw usageError(`no store given: give --store or set MAINTENANCE_STORE to ${FORMS}`);
  const { store, label, close } = await open(text);
  const flag = given === undefined ? undefined : flagOf(text, label);
  return {
    store,
    label,
    flag,
    close() {
      try {
        // Not awaited: the process is about to end.
        void Promise.resolve(store.close?.()).catch(() => {});
      } catch {
        // For the same reason.
      }
      close?.();
    },
  };
}

/** The value of `--store` to print. A URL with a host may hold a password. */
function flagOf(text: string, label: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !/^file:/i.test(text) ? label : text;
}

async function open(text: string): Promise<Opened> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case "file":
      return await openFile(text);
    case "redis":
    case "rediss":
    case "valkey":
    case "valkeys":
      return await openRedis(parseUrl(text, scheme));
    case "http":
    case "https":
      return await openHttp(parseUrl(text, scheme));
    case "denokv":
      return await openDenoKv(text.slice("denokv:".length));
    default:
      if (scheme !== undefined && /^[a-z0-9+.-]+:\/\//i.test(text)) {
        throw usageError(`"--store" must be ${FORMS}, received a URL that starts with "${scheme}:"`);
      }
      if (!/\.json$/i.test(text)) return await openModule(text);
      // "fiel:maintenance.json" would create a file of that name, which the site does not read.
      if (scheme !== undefined) throw usageError(`"--store" must be ${FORMS}, received ${show(text)}`);
      return await openFile(text);
  }
}

function parseUrl(text: string, scheme: string): URL {
  try {
    return new URL(text);
  } catch {
    // Not quoted: it may hold a password.
    throw usageError(
      `"--store" must be a valid URL, received one that starts with "${scheme}:": encode special characters`,
    );
  }
}

async function openFile(text: string): Promise<Opened> {
  const { fileStore } = await import("../../stores/file.ts");
  const store = withUsageErrors(() => fileStore(text));
  return { store, label: store.name ?? text };
}

async function openRedis(url: URL): Promise<Opened> {
  const { connectRedis } = await import("./redis-client.ts");
  const { redisStore } = await import("../../stores/redis.ts");
  const { client, key, label, close } = await connectRedis(url);
  return { store: withUsageErrors(() => redisStore(client, key === undefined ? {} : { key })), label, close };
}

async function openHttp(url: URL): Promise<Opened> {
  const { httpStore } = await import("../../stores/http.ts");
  addSecretsOf(url);
  const store = withUsageErrors(() => httpStore(url));
  return { store, label: withoutPassword(url) };
}

async function openDenoKv(path: string): Promise<Opened> {
  const { Deno } = globalThis as { Deno?: { openKv?(path?: string): Promise<{ close(): void }> } };
  if (Deno?.openKv === undefined) {
    throw usageError(
      Deno === undefined
        ? '"--store" can be "denokv:" only under Deno: deno run -A --unstable-kv jsr:@maintenancemode/maintenancemode/cli'
        : '"--store" can be "denokv:" only with Deno.openKv: run Deno with --unstable-kv',
    );
  }
  const { openKv } = Deno;
  const { denoKvStore } = await import("../../stores/deno-kv.ts");
  const { insist } = await import("../../stores/deno-kv/insist.ts");
  let kv;
  try {
    kv = await insist(() => openKv(path || undefined));
  } catch (error) {
    throw new CliError("store", `Cannot open the Deno KV database: ${reasonOf(error)}`);
  }
  return { store: denoKvStore(kv as never), label: `denokv:${path}`, close: () => kv.close() };
}

async function openModule(text: string): Promise<Opened> {
  let module: Module;
  try {
    module = await importOwn(text);
  } catch (error) {
    const isFile = isAbsolute(text) || isPath(text) || /\.[a-z]+$/i.test(text);
    const hint = isFile ? `; for a state file write file:${text}` : "";
    throw usageError(`Cannot load the module ${show(text)} for "--store": ${reasonOf(error)}${hint}`);
  }
  let value = defaultOf(module);
  try {
    if (typeof value === "function") value = (value as () => unknown)();
    value = await value;
  } catch (error) {
    throw new CliError("store", `Cannot open the store of the module ${show(text)}: ${reasonOf(error)}`);
  }
  const store = value as MaintenanceStore | undefined;
  if (typeof store?.read !== "function") {
    throw usageError(
      `the module ${show(text)} must default-export a store or a function that returns one, received ${
        received(value)
      }`,
    );
  }
  return { store, label: store.name === undefined ? text : `${text} (${store.name})` };
}

/** Opens a store. What it refuses comes from the command line. */
function withUsageErrors<Store>(open: () => Store): Store {
  try {
    return open();
  } catch (error) {
    throw usageError(reasonOf(error), error);
  }
}
