import { ownOf } from "../../util/own.ts";
import { checkNames, invalidOption } from "../../util/errors.ts";
import { likeliest } from "../../util/likeliest.ts";
import { parseIp } from "./ip-address.ts";
import { compileIpRanges, type IpTest } from "./ip-ranges.ts";

/** The proxies to believe about the client's address, and the header field that they write. */
export interface ClientIpOptions {
  /**
   * The trusted proxies: IP addresses and CIDR ranges, as in `internalIps`, and the names `"loopback"`
   * (127.0.0.0/8, ::1), `"linklocal"` (169.254.0.0/16, fe80::/10) and `"uniquelocal"` (10.0.0.0/8, 172.16.0.0/12,
   * 192.168.0.0/16, fc00::/7).
   *
   * Name only your own proxies, and make sure that they overwrite the field or append to it. Anyone who can connect from
   * one of these addresses can claim any client address, an internal one included.
   *
   * @default {[]}, the peer is the client
   */
  trustProxy?: readonly string[];
  /**
   * The header field that the trusted proxies write: `"x-forwarded-for"`, `"forwarded"` (RFC 7239), or a field that
   * holds the one address of the client, such as `"x-real-ip"`, `"fly-client-ip"` or `"cf-connecting-ip"`. The gate
   * reads it only if `trustProxy` covers the peer.
   *
   * @default {"x-forwarded-for"}
   */
  forwardedHeader?: string;
}

/** The header fields of a request: the one method of `Headers` that is needed. */
export interface HeaderFields {
  /** The value of a field, several of the same name joined with commas, or `null`. */
  get(name: string): string | null;
}

/** Finds the client's address from the fields of a request and the address of the peer. */
export type ClientIpReader = (headers: HeaderFields, peerIp: string | undefined) => string | undefined;

const TASK = "read the client IP";

const NAMED_RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  linklocal: ["169.254.0.0/16", "fe80::/10"],
  uniquelocal: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

const readers = new WeakMap<ClientIpOptions, ClientIpReader>();

/**
 * Finds the address of the client that made a request, through the trusted proxies.
 *
 * It goes from the socket outwards. The first address that is not a trusted proxy's is the client's; if all are trusted,
 * the last one is. An element of the header field that is not an address leaves the client unknown, because anything
 * further left may be forged. If a trusted peer sends no such field, the peer is the client.
 *
 * @param headers The header fields of the request.
 * @param peerIp The address of the far end of the socket; `undefined` if there is none, as on a Unix socket. The client is
 * unknown then.
 * @param options The proxies to believe. They are read once: do not change an object that you pass again.
 * @returns The address as the peer or the field gives it, without port and brackets, or `undefined` if unknown.
 * @throws {OptionError} If an option is not valid.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7239 | RFC 7239}
 * @example Behind one proxy on the same machine
 * ```ts
 * import { clientIpFrom } from "maintenancemode";
 *
 * const headers = new Headers({ "x-forwarded-for": "203.0.113.9" });
 * clientIpFrom(headers, "127.0.0.1", { trustProxy: ["loopback"] }); // "203.0.113.9"
 * clientIpFrom(headers, "198.51.100.1", { trustProxy: ["loopback"] }); // "198.51.100.1"
 * ```
 */
export function clientIpFrom(
  headers: HeaderFields,
  peerIp: string | undefined,
  options?: ClientIpOptions,
): string | undefined {
  if (options === undefined) return readPeer(headers, peerIp);
  let reader = readers.get(options);
  if (!reader) {
    checkNames(TASK, options, ["trustProxy", "forwardedHeader"]);
    reader = compileClientIp(options);
    readers.set(options, reader);
  }
  return reader(headers, peerIp);
}

/**
 * Compiles {@link clientIpFrom} for the same options.
 *
 * @throws {OptionError} If an option is not valid.
 */
export function compileClientIp(options: ClientIpOptions): ClientIpReader {
  const { trustProxy = [], forwardedHeader = "x-forwarded-for" } = ownOf(options);
  if (typeof forwardedHeader !== "string" || !/^[!#$%&'*+\-.^_`|~\w]+$/.test(forwardedHeader)) {
    throw invalidOption(
      TASK,
      "forwardedHeader",
      'the name of a header field such as "x-forwarded-for"',
      forwardedHeader,
    );
  }
  if (!Array.isArray(trustProxy)) {
    const accepted = "an array of IP addresses, CIDR ranges and the names loopback, linklocal and uniquelocal";
    throw invalidOption(TASK, "trustProxy", accepted, trustProxy);
  }
  if (trustProxy.length === 0) return readPeer;
  const isTrusted = compileTrust(trustProxy);
  const name = forwardedHeader.toLowerCase();
  const read = name === "x-forwarded-for" ? readForwardedFor : name === "forwarded" ? readForwarded : readAddress;
  return (headers, peerIp) => {
    const peer = readPeer(headers, peerIp);
    if (peer === undefined || !isTrusted(peer)) return peer;
    const field = headers.get(name);
    return field === null ? peer : read(field, isTrusted);
  };
}

function readPeer(_headers: HeaderFields, peerIp: string | undefined): string | undefined {
  return typeof peerIp === "string" && isIp(peerIp) ? peerIp : undefined;
}

function compileTrust(trustProxy: readonly string[]): IpTest {
  const names = Object.keys(NAMED_RANGES);
  trustProxy.forEach((range, index) => {
    if (typeof range !== "string" || /[.:]/.test(range) || names.includes(range)) return;
    const likely = range === "localhost" ? "loopback" : likeliest(range, names);
    const accepted = `an IP address, a CIDR range or one of the names ${names.join(", ")}`;
    throw invalidOption(TASK, `trustProxy[${index}]`, accepted, range, likely && `did you mean "${likely}"?`);
  });
  const ranges = compileIpRanges(
    // One of its ranges stands in for a name, so that messages give the right index.
    trustProxy.map((range) => names.includes(range) ? NAMED_RANGES[range]![0]! : range),
    "trustProxy",
    TASK,
  );
  const named = compileIpRanges(
    names.flatMap((name) => trustProxy.includes(name) ? NAMED_RANGES[name]! : []),
    "trustProxy",
    TASK,
  );
  return (address) => ranges(address) || named(address);
}

const words = new Uint32Array(4);

function isIp(text: string): boolean {
  return parseIp(text, words) !== 0;
}

/** The client in `X-Forwarded-For`, where each proxy appends the address of its own peer. */
function readForwardedFor(field: string, isTrusted: IpTest): string | undefined {
  let end = field.length;
  for (;;) {
    const comma = end === 0 ? -1 : field.lastIndexOf(",", end - 1);
    const address = addressOf(field.slice(comma + 1, end));
    if (address === undefined || comma < 0 || !isTrusted(address)) return address;
    end = comma;
  }
}

/** The client in a field that holds only its address. */
function readAddress(field: string): string | undefined {
  return addressOf(field);
}

/** The client in `Forwarded`, where each proxy appends an element with a `for` parameter. */
function readForwarded(field: string, isTrusted: IpTest): string | undefined {
  const nodes = parseForwarded(field);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const address = addressOf(nodes[i] ?? "", true);
    if (address === undefined || i === 0 || !isTrusted(address)) return address;
  }
  return undefined;
}

/** The longest `Forwarded` field that is read, in characters. Servers accept much less. */
const MAX_FORWARDED = 262_144;

// One parameter of an element: its name, and its value as it stands or between quotes.
const PARAMETER = /[ \t]*([!#$%&'*+\-.^_`|~\w]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+))[ \t]*/y;

/**
 * The `for` parameter of each element, `undefined` for an element without exactly one. The list is empty if any part of
 * the field cannot be read: a quote that a client left open would otherwise swallow the element of a proxy.
 */
function parseForwarded(field: string): (string | undefined)[] {
  if (field.length > MAX_FORWARDED) return [];
  const nodes: (string | undefined)[] = [];
  let at = 0;
  let node: string | undefined;
  let count = 0;
  for (;;) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(field);
    if (match) {
      at = PARAMETER.lastIndex;
      if (match[1]!.toLowerCase() === "for") {
        node = match[2]?.replace(/\\(.)/g, "$1") ?? match[3];
        count++;
      }
    } else {
      // An element or a parameter may be empty.
      while (field[at] === " " || field[at] === "\t") at++;
    }
    if (at < field.length && field[at] !== "," && field[at] !== ";") return [];
    if (at === field.length || field[at] === ",") {
      nodes.push(count === 1 ? node : undefined);
      node = undefined;
      count = 0;
    }
    if (at === field.length) return nodes;
    at++;
  }
}

/**
 * The address in an element: bare, or with a port (`192.0.2.1:4711`, `[2001:db8::1]:4711`), or in brackets.
 *
 * @param bracketed Whether IPv6 has to be in brackets and ports may be obfuscated, as in RFC 7239 section 6.
 */
function addressOf(element: string, bracketed = false): string | undefined {
  let text = trimSpace(element);
  if (text.startsWith("[")) {
    const close = text.indexOf("]");
    if (close < 0 || !isPort(text.slice(close + 1), bracketed)) return undefined;
    text = text.slice(1, close);
    return text.includes(":") && isIp(text) ? text : undefined;
  }
  const colon = text.indexOf(":");
  if (colon >= 0 && text.includes(".") && text.indexOf(".") < colon) {
    if (!isPort(text.slice(colon), bracketed)) return undefined;
    text = text.slice(0, colon);
  } else if (colon >= 0 && bracketed) {
    return undefined;
  }
  return isIp(text) ? text : undefined;
}

/** The text without the optional white space of RFC 9110 section 5.6.3 around it. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** Whether a text is a port with its colon, or empty. */
function isPort(text: string, obfuscated: boolean): boolean {
  return text === "" || /^:\d{1,5}$/.test(text) || (obfuscated && /^:_[\w.-]+$/.test(text));
}
