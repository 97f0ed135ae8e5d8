import type { GateInternals } from "../../gate/internals.ts";
import { clientBehind } from "../../match/ip/behind-proxy.ts";
import type { ClientIpOptions } from "../../match/ip/client-ip.ts";
import type { MaintenanceContext } from "../../types/context.ts";

/** Looks at a request that `internalIps` let in, or that was answered, for a proxy that the options do not name. */
export type ProxyHint = (request: Request, ctx: MaintenanceContext, isIn: boolean) => void;

/** The gates that have given their hint: clients can send the fields as well, and must not fill the log. */
const hinted = new WeakSet<GateInternals>();

/**
 * Makes a function that says on the console, once for each gate, that the client's address may be that of a proxy. Behind one,
 * `internalIps` lets in nobody, or everybody, and nothing else tells why.
 *
 * @returns `undefined` if the options say which proxies there are: `trustProxy: []` says that there are none.
 */
export function createProxyHint(
  internals: GateInternals,
  { trustProxy, forwardedHeader }: ClientIpOptions,
): ProxyHint | undefined {
  if (trustProxy !== undefined) return undefined;
  return ({ headers }, { clientIp: peer }, isIn) => {
    if (peer === undefined || hinted.has(internals) || internals.isInternal(peer) === undefined) return;
    const found = clientBehind(headers, peer, forwardedHeader);
    if (found === undefined || isIn && internals.isInternal(found.client)) return;
    hinted.add(internals);
    const { proxy, field } = found;
    console.warn(
      `maintenancemode: a request comes from ${proxy} with ${field}, and "trustProxy" is not set: the gate takes ${proxy} ` +
        `for the client, ${
          isIn ? 'which "internalIps" lets in' : 'and compares "internalIps" with it'
        }. If that is your ` +
        `proxy, set trustProxy: [${JSON.stringify(proxy)}]. If you have none, set trustProxy: []. This is said once.`,
    );
  };
}
