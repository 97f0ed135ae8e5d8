import { parseIp } from "../../match/ip/ip-address.ts";
import { compileIpRanges } from "../../match/ip/ip-ranges.ts";
import { usageError } from "../exit-codes.ts";
import { show } from "../output/secrets.ts";

/**
 * Reads a client's address with two parsers: the gate's own and ipaddr.js. Where they disagree, a slip of the keyboard could
 * let in another network than the operator means.
 *
 * @param flag The option that it was given for, such as `"--ip"`.
 * @returns The shortest text of the address: RFC 5952 for IPv6, dotted decimal for IPv4 and IPv4-mapped IPv6.
 * @throws {CliError} If the text is not an address, or if the parsers disagree on it.
 */
export async function readAddress(flag: string, text: string): Promise<string> {
  if (parseIp(text, new Uint32Array(4)) === 0) {
    throw usageError(`"${flag}" must be an IPv4 or IPv6 address, received ${show(text)}`);
  }
  // The gate ignores the zone id.
  const [address = "", ...zone] = text.split("%");
  return [await agreeOn(flag, text, address), ...zone].join("%");
}

/**
 * Reads the addresses and CIDR ranges of an option with the same two parsers.
 *
 * @param flag The option, such as `"--allow-ip"`.
 * @returns The shortest text of each one. A text that the gate refuses stays as it is: the check of the state refuses it,
 * and says why.
 * @throws {CliError} If the parsers disagree on a text.
 */
export function readRanges(flag: string, texts: readonly string[]): Promise<string[]> {
  return Promise.all(texts.map((text) => isRange(text) ? readRange(flag, text) : text));
}

async function readRange(flag: string, text: string): Promise<string> {
  const [address = "", prefix] = text.split("/");
  const shortest = await agreeOn(flag, text, address);
  if (prefix === undefined) return shortest;
  // The prefix of an IPv4-mapped range counts the 96 bits of ::ffff:0:0.
  const isMapped = address.includes(":") && !shortest.includes(":");
  return `${shortest}/${isMapped ? Number(prefix) - 96 : prefix}`;
}

function isRange(text: string): boolean {
  try {
    compileIpRanges([text], "ranges");
    return true;
  } catch {
    return false;
  }
}

/** Reads a valid address with both parsers, and returns its shortest text. */
async function agreeOn(flag: string, given: string, address: string): Promise<string> {
  // Only the commands that take an address load it.
  const { default: ipaddr } = await import("ipaddr.js");
  const ours = ipaddr.fromByteArray(bytesOf(address)).toString();
  let theirs: string | undefined;
  try {
    theirs = ipaddr.process(address).toString();
  } catch {
    // It refuses the text.
  }
  if (ours === theirs) return ours;
  const hint = theirs === undefined
    ? `some programs refuse it: write ${ours}`
    : `some programs read ${theirs}, others ${ours}: write the one that you mean`;
  throw usageError(`"${flag}" must be an address that all programs read alike, received ${show(given)}: ${hint}`);
}

/** The bytes of a valid address, as the gate reads it: 4 or 16. */
function bytesOf(address: string): number[] {
  const words = new Uint32Array(4);
  const family = parseIp(address, words);
  return [...words.subarray(0, family === 4 ? 1 : 4)]
    .flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}
