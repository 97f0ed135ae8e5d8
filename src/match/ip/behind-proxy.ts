import { compileClientIp, type HeaderFields } from "./client-ip.ts";

/** A client that seems to stand behind a proxy which no option names. */
export interface ClientBehind {
  /** The address of the peer, as `trustProxy` takes it. */
  readonly proxy: string;
  /** The header field that names the client. */
  readonly field: string;
  /** The address of the client, if the peer is to be believed. */
  readonly client: string;
}

/** The fields that proxies write, the most common first. */
const FIELDS = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"];

/**
 * Finds the client that the fields of a request name, if the peer is a proxy. Anybody can send these fields: it is for
 * hints alone.
 *
 * @param headers The header fields of the request.
 * @param peerIp The address of the peer.
 * @param field The only field to read.
 */
export function clientBehind(headers: HeaderFields, peerIp: string, field?: string): ClientBehind | undefined {
  const sent = (field === undefined ? FIELDS : [field]).find((name) => headers.get(name) !== null);
  if (sent === undefined) return undefined;
  // Sockets for both families write IPv4 in IPv6, and link-local peers have a zone, which no option takes.
  const proxy = peerIp.replace(/^::ffff:(?=\d+\.)|%.*$/gis, "");
  const client = compileClientIp({ trustProxy: [proxy], forwardedHeader: sent })(headers, peerIp);
  // A proxy writes the address of its client, and never its own.
  return client === undefined || client === peerIp ? undefined : { proxy, field: sent, client };
}
