import type { MaintenanceContext } from "../../types/context.ts";
import { createContextFrom } from "../common/context.ts";
import { type FetchOptions, OWN_OPTIONS, peerFinder } from "./options.ts";

/** The type of {@link contextFrom}. With `isStaff` among the options it returns a promise, and without it the context. */
export interface FetchContextFrom {
  /** With `isStaff`, which may take a while to answer. */
  <Host>(
    request: Request,
    host: Host,
    options: FetchOptions<[host: Host]> & Required<Pick<FetchOptions<[host: Host]>, "isStaff">>,
  ): Promise<MaintenanceContext>;
  /** Without `isStaff`. */
  <Host>(
    request: Request,
    host?: Host,
    options?: FetchOptions<[host: Host]> & { isStaff?: undefined },
  ): MaintenanceContext;
  /** Where the type of the options does not tell whether `isStaff` is among them. */
  <Host>(
    request: Request,
    host: Host,
    options: FetchOptions<[host: Host]> | undefined,
  ): MaintenanceContext | Promise<MaintenanceContext>;
}

type ContextReader = (request: Request, host: unknown) => MaintenanceContext | Promise<MaintenanceContext>;

const readers = new WeakMap<object, ContextReader>();

function readContext<Host>(
  request: Request,
  host: Host,
  options: FetchOptions<[host: Host]> = NO_OPTIONS,
): ReturnType<ContextReader> {
  const known = readers.get(options);
  if (known !== undefined) return known(request, host);
  const read = readerOf(options as FetchOptions<[host: unknown]>);
  // It checks the options, before they are kept.
  const ctx = read(request, host);
  readers.set(options, read);
  return ctx;
}

const NO_OPTIONS: FetchOptions<[host: unknown]> = {};

function readerOf(options: FetchOptions<[host: unknown]>): ContextReader {
  const findPeer = peerFinder(options, (error) => console.error("maintenancemode:", error));
  const read = createContextFrom<unknown, unknown>((request, host) => findPeer(request, [host]), OWN_OPTIONS);
  return (request, host) => read(request, host, options);
}

/**
 * What the gate has to know about a request, for asking it by hand.
 *
 * Takes the request, whatever else the host knows about it, and options as for `createGuard`. An object of options is
 * read once and must not change.
 *
 * Returns the context, or a promise of it if `isStaff` is given. Throws an `OptionError` if an option is not valid.
 */
export const contextFrom: FetchContextFrom = readContext as FetchContextFrom;
