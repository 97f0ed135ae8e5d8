import type { ClientIpOptions } from "../../match/ip/client-ip.ts";
import { checkFunction } from "../../util/errors.ts";
import { ownOf } from "../../util/own.ts";
import { TASK } from "../common/context.ts";

/** Options of `withMaintenance`, where `Args` are the arguments of the handler behind the request. */
export interface FetchOptions<Args extends readonly unknown[] = readonly unknown[]> extends ClientIpOptions {
  /**
   * Tells whether a request was made by staff, from a session cookie or a token, say. Only `true` counts.
   *
   * The gate asks only if the answer makes a difference: not while maintenance is off, and not about a request that passes
   * for another reason. If the function throws or rejects, the visitor is not staff, and the gate's `onError` gets the error.
   *
   * @default nobody is staff
   */
  isStaff?: (request: Request, ...args: Args) => boolean | Promise<boolean>;
  /**
   * Finds the address of the far end of the socket. The gate asks while maintenance is on. If the function throws, the
   * address is unknown, and the gate's `onError` gets the first such error.
   *
   * Never return what a header field says, unless a proxy of yours writes it: clients write what they like, and would get in
   * as `internalIps`. For such proxies there is `trustProxy`.
   *
   * @default the address is unknown
   */
  peerIp?: (request: Request, ...args: Args) => string | undefined;
  /**
   * Closes event streams that are open when maintenance begins, and in Deno the WebSockets of `Deno.upgradeWebSocket`. The gate
   * decides about each of them anew, with the same request, within a second after the state has changed. Streams of staff and
   * of everybody else who may pass stay open.
   *
   * `true` closes them at once. In an object, `afterMs` says how many milliseconds later, and `close` closes a stream in the
   * app's own way. It gets the arguments of the handler behind the request.
   *
   * @default {false}
   */
  closeStreams?: boolean | { afterMs?: number; close?: (...args: Args) => void };
}

/** The names of options that other hosts do not have. */
export const OWN_OPTIONS: readonly string[] = ["peerIp", "closeStreams"];

/** The address of the far end of the socket, or a function that finds it. */
export type PeerIp = string | undefined | (() => string | undefined);

/**
 * Makes the function that finds the peer of a request.
 *
 * @param report Gets the first error. On many hosts that will not tell an address, each request would bring one.
 */
export function peerFinder<Args extends readonly unknown[]>(
  options: FetchOptions<Args>,
  report: (error: unknown) => void,
): (request: Request, args: Args, own?: PeerIp) => string | undefined {
  const option = ownOf(options).peerIp;
  if (option !== undefined) checkFunction(TASK, "peerIp", option);
  let wasReported = false;
  return (request, args, own = option && (() => option(request, ...args))) => {
    if (typeof own !== "function") return own;
    try {
      return own();
    } catch (error) {
      if (!wasReported) report(error);
      wasReported = true;
      return undefined;
    }
  };
}
