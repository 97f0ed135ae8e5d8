import type { Property } from "./properties.ts";
import type { Start } from "./site.ts";

/** One column of the table: a framework with an adapter, in one runtime. */
export interface Framework {
  /** What `--only` names, and the folder of its app under `.apps`. */
  readonly name: string;
  /** The package whose version the table shows. */
  readonly package: string;
  /** What is tested, in some words: "maintenanceMiddleware of /express". */
  readonly title: string;
  /** The folders whose files make the app, from the root of the repository. Later ones overwrite earlier ones. */
  readonly files: readonly string[];
  /** Packages that stand for others in this app: `{ express: "express4" }`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** What builds the app, one command after the other. */
  readonly build?: readonly (readonly [string, ...string[]])[];
  /** What starts it. It listens on the port that `PORT` names. */
  readonly start: Start;
  /** The folder of its example under `examples`, which is built, type-checked and started as its `package.json` says. */
  readonly example?: string;
  /** What has to hold in this framework alone, by what it says. */
  readonly own?: Readonly<Record<string, Property>>;
  /** The properties that cannot hold, by their names, and why. */
  readonly cannot?: Readonly<Record<string, string>>;
}
