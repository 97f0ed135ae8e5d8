import { type ClientIpOptions, compileClientIp } from "../../match/ip/client-ip.ts";
import type { MaintenanceContext } from "../../types/context.ts";
import { checkNames, invalidOption } from "../../util/errors.ts";
import { ownOf } from "../../util/own.ts";
import { isPromise } from "../../util/promise.ts";
import { received } from "../../util/received.ts";

/** Options of the helpers of every host. */
export interface StaffOptions<HostInfo> {
  /**
   * Tells whether a request was made by staff, from a session cookie or a token, say. Only `true` counts.
   *
   * In front of an app, the gate asks only if the answer makes a difference: not while maintenance is off, and not about a
   * request that passes for another reason. If the function throws or rejects, the visitor is not staff, and the gate's
   * `onError` gets the error. `contextFrom` knows no gate: it asks about every request, and prints the error.
   *
   * @default nobody is staff
   */
  isStaff?: (request: Request, hostInfo: HostInfo) => boolean | Promise<boolean>;
}

/** Options of the helpers of hosts that know the client's address. */
export interface HostOptions<HostInfo> extends StaffOptions<HostInfo>, ClientIpOptions {}

/** The option `isStaff`. */
export type AsksStaff<HostInfo> = (request: Request, hostInfo: HostInfo) => boolean | Promise<boolean>;

/** Finds the address of the far end of the socket. */
export type PeerFinder<HostInfo> = (request: Request, hostInfo: HostInfo) => string | undefined;

/** Reads the context of one request. */
export type ContextReader<HostInfo> = (request: Request, hostInfo: HostInfo) => MaintenanceContext;

/** What the host helpers could not do, in their errors. */
export const TASK = "put the gate in front of the handler";

/**
 * Checks the options of a host and makes a function that reads the context of a request.
 *
 * @param findPeer Finds the peer's address; `undefined` on a host that knows no client address.
 * @param ownOptions The names of options that the host itself reads.
 * @throws {OptionError} If an option is not valid.
 */
export function compileContext<HostInfo>(
  options: HostOptions<HostInfo>,
  findPeer: PeerFinder<HostInfo> | undefined,
  ownOptions: readonly string[] = [],
): ContextReader<HostInfo> {
  checkNames(TASK, options, ["isStaff", ...findPeer ? ["trustProxy", "forwardedHeader"] : [], ...ownOptions]);
  const { isStaff } = ownOf(options);
  if (isStaff !== undefined && typeof isStaff !== "function") {
    throw invalidOption(TASK, "isStaff", "a function", isStaff);
  }
  // Somebody may have put "isStaff" or "clientIp" on Object.prototype.
  if (findPeer === undefined) return () => ({ clientIp: undefined, isStaff: undefined });
  const readClientIp = compileClientIp(options);
  return (request, hostInfo) => ({
    clientIp: readClientIp(request.headers, findPeer(request, hostInfo)),
    isStaff: undefined,
  });
}

/** Asks `isStaff`; an error or any answer but a boolean is reported and means no. */
export function askStaff<HostInfo>(
  isStaff: AsksStaff<HostInfo>,
  request: Request,
  hostInfo: HostInfo,
  report: (error: unknown) => void,
): boolean | Promise<boolean> {
  const settle = (answer: unknown): boolean => {
    if (typeof answer !== "boolean") {
      report(new TypeError(`"isStaff" must return true or false, or a promise of it, received ${received(answer)}`));
    }
    return answer === true;
  };
  const fail = (error: unknown): boolean => {
    report(error);
    return false;
  };
  try {
    const answer: unknown = isStaff(request, hostInfo);
    return isPromise(answer) ? Promise.resolve(answer).then(settle).catch(fail) : settle(answer);
  } catch (error) {
    return fail(error);
  }
}

/**
 * The type of `contextFrom`. With `isStaff` among the options it returns a promise, and without it the context itself. Where
 * the type of the options leaves that open, it returns either: `await` takes both.
 */
export interface ContextFrom<BaseInfo, OtherOptions> {
  /** With `isStaff`, which may take a while to answer. */
  <HostInfo extends BaseInfo>(
    request: Request,
    hostInfo: HostInfo,
    options: OtherOptions & Required<StaffOptions<HostInfo>>,
  ): Promise<MaintenanceContext>;
  /** Without `isStaff`. */
  <HostInfo extends BaseInfo>(
    request: Request,
    hostInfo: HostInfo,
    options?: OtherOptions & { isStaff?: undefined },
  ): MaintenanceContext;
  /** Where the type of the options does not tell whether `isStaff` is among them. */
  <HostInfo extends BaseInfo>(
    request: Request,
    hostInfo: HostInfo,
    options: OtherOptions & StaffOptions<HostInfo> | undefined,
  ): MaintenanceContext | Promise<MaintenanceContext>;
}

/** {@link ContextFrom} of a host where a request alone tells all that the gate needs. */
export interface ContextFromRequest<BaseInfo, OtherOptions> extends ContextFrom<BaseInfo, OtherOptions> {
  /** Without options. */
  (request: Request): MaintenanceContext;
}

/**
 * Makes the `contextFrom` of a host.
 *
 * @param findPeer Finds the peer's address; `undefined` on a host that knows no client address.
 * @param ownOptions The names of options that the host itself reads.
 */
export function createContextFrom<BaseInfo, OtherOptions>(
  findPeer: PeerFinder<BaseInfo> | undefined,
  ownOptions: readonly string[] = [],
): ContextFromRequest<BaseInfo, OtherOptions> {
  const none = Object.create(null) as HostOptions<BaseInfo>;
  // An object of options is compiled once.
  const readers = new WeakMap<object, ContextReader<BaseInfo>>();
  const contextFrom = (
    request: Request,
    hostInfo: BaseInfo,
    options: HostOptions<BaseInfo> = none,
  ): MaintenanceContext | Promise<MaintenanceContext> => {
    let readContext = readers.get(options);
    if (readContext === undefined) {
      readContext = compileContext(options, findPeer, ownOptions);
      readers.set(options, readContext);
    }
    const ctx = readContext(request, hostInfo);
    const isStaff = Object.hasOwn(options, "isStaff") ? options.isStaff : undefined;
    if (isStaff === undefined) return ctx;
    const staff = askStaff(isStaff, request, hostInfo, (error) => console.error("maintenancemode:", error));
    return Promise.resolve(staff).then((isStaff) => ({ ...ctx, isStaff }));
  };
  return contextFrom as ContextFromRequest<BaseInfo, OtherOptions>;
}
