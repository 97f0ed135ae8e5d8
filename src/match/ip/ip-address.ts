/** The longest text that is read: 45 characters of IPv6 with a dotted tail, and a zone id. */
const MAX_LENGTH = 128;

const DOT = 46;
const COLON = 58;

// The value of a hexadecimal digit by its character code; 255 for any other character.
const HEX = new Uint8Array(128).fill(255);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/**
 * Reads the text of an IP address, strictly.
 *
 * IPv4 is four decimal numbers without leading zeros: RFC 6943 section 3.1.1 tells how looser forms break allow lists. IPv6
 * follows RFC 4291 section 2.2; a zone id (RFC 4007 section 11) is ignored. An IPv4-mapped IPv6 address counts as the IPv4
 * address in it.
 *
 * @param text The address, without port, brackets or spaces.
 * @param words Receives the address: `words[0]` of an IPv4 address, all four of an IPv6 address, most significant first.
 * @returns 4 or 6, or 0 if the text is not an address; `words` then holds nothing of use.
 */
export function parseIp(text: string, words: Uint32Array): 0 | 4 | 6 {
  const length = text.length;
  if (length < 2 || length > MAX_LENGTH) return 0;
  // Within its first five characters an IPv4 address has a dot, an IPv6 address a colon.
  for (let i = 0; i < 5 && i < length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      const value = parseIPv4(text, 0, length);
      if (value < 0) return 0;
      words[0] = value;
      return 4;
    }
    if (code === COLON) return parseIPv6(text, words);
  }
  return 0;
}

/** The IPv4 address between two positions as an unsigned 32-bit number, or -1. */
function parseIPv4(text: string, start: number, end: number): number {
  let address = 0;
  let parts = 0;
  let value = 0;
  let digits = 0;
  for (let i = start; i <= end; i++) {
    const code = i === end ? DOT : text.charCodeAt(i);
    if (code === DOT) {
      if (digits === 0 || parts === 4) return -1;
      address = address * 256 + value;
      parts++;
      value = 0;
      digits = 0;
    } else {
      const digit = code - 48;
      if (digit < 0 || digit > 9 || (digits === 1 && value === 0)) return -1;
      value = value * 10 + digit;
      if (value > 255) return -1;
      digits++;
    }
  }
  return parts === 4 ? address : -1;
}

const groups = new Uint16Array(8);

const scratch = new Uint32Array(4);

/** Whether a text is an IP address, as {@link parseIp} reads it. */
export function isIp(text: string): boolean {
  return parseIp(text, scratch) !== 0;
}

function parseIPv6(text: string, words: Uint32Array): 0 | 4 | 6 {
  let end = text.indexOf("%");
  if (end < 0) end = text.length;
  else if (end === text.length - 1) return 0;

  let count = 0;
  let gap = -1;
  let i = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return 0;
    gap = 0;
    i = 2;
  }
  while (i < end) {
    if (count === 8) return 0;
    const start = i;
    let value = 0;
    for (; i < end; i++) {
      const code = text.charCodeAt(i);
      const digit = code < 128 ? HEX[code]! : 255;
      if (digit === 255) break;
      value = (value << 4) | digit;
      if (i - start === 4) return 0;
    }
    if (i === start) return 0;
    if (i < end && text.charCodeAt(i) === DOT) {
      const tail = count > 6 ? -1 : parseIPv4(text, start, end);
      if (tail < 0) return 0;
      groups[count++] = tail >>> 16;
      groups[count++] = tail;
      break;
    }
    groups[count++] = value;
    if (i === end) break;
    if (text.charCodeAt(i) !== COLON || ++i === end) return 0;
    if (text.charCodeAt(i) === COLON) {
      if (gap >= 0) return 0;
      gap = count;
      i++;
    }
  }
  if (gap < 0) {
    if (count !== 8) return 0;
  } else {
    // "::" stands for at least one group of zeros.
    if (count === 8) return 0;
    groups.copyWithin(8 - (count - gap), gap, count);
    groups.fill(0, gap, 8 - (count - gap));
  }
  for (let word = 0; word < 4; word++) {
    words[word] = groups[2 * word]! * 0x10000 + groups[2 * word + 1]!;
  }
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) {
    words[0] = words[3]!;
    return 4;
  }
  return 6;
}
