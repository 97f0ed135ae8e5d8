import type { GateInternals } from "../../gate/internals.ts";
import { type ClientIpOptions, compileClientIp } from "../../match/ip/client-ip.ts";
import type { MaintenanceContext } from "../../types/context.ts";

/** Looks at a request that `internalIps` let in, or that was answered, for a proxy that the options do not name. */
export type ProxyHint = (request: Request, ctx: MaintenanceContext, isIn: boolean) => void;

/** The gates that have given their hint: clients can send the fields as well, and must not fill the log. */
const hinted = new WeakSet<GateInternals>();

/** The fields that proxies write, the most common first. */
const FIELDS = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"];

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
  const fields = forwardedHeader === undefined ? FIELDS : [forwardedHeader];
  return ({ headers }, { clientIp: peer }, isIn) => {
    if (peer === undefined || hinted.has(internals) || internals.isInternal(peer) === undefined) return;
    const field = fields.find((name) => headers.get(name) !== null);
    if (field === undefined) return;
    // Sockets for both families write IPv4 in IPv6, and link-local peers have a zone, which no option takes.
    const proxy = peer.replace(/^::ffff:(?=\d+\.)|%.*$/gis, "");
    const client = compileClientIp({ trustProxy: [proxy], forwardedHeader: field })(headers, peer);
    // A proxy writes the address of its client, and never its own.
    if (client === undefined || client === peer || isIn && internals.isInternal(client)) return;
    hinted.add(internals);
    console.warn(
      `maintenancemode: a request comes from ${proxy} with ${field}, and "trustProxy" is not set: the gate takes ${proxy} ` +
        `for the client, ${
          isIn ? 'which "internalIps" lets in' : 'and compares "internalIps" with it'
        }. If that is your ` +
        `proxy, set trustProxy: [${JSON.stringify(proxy)}]. If you have none, set trustProxy: []. This is said once.`,
    );
  };
}
