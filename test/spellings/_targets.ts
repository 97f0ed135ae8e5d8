import fc from "fast-check";

/** The host that is closed. */
export const HOST = "a.example.com";

/** A request as a client writes it: bytes as Latin-1. */
export interface Spelling {
  readonly target: string;
  readonly host: string;
}

/** A closed path as apps register it, the paths that the app has for it, and the pattern that closes it. */
export interface ClosedPath {
  readonly pattern: string;
  readonly paths: readonly string[];
}

/** What is closed. */
export const CLOSED: readonly ClosedPath[] = [
  { pattern: "/shop", paths: ["/shop"] },
  { pattern: "/docs/*", paths: ["/docs/a", "/docs/a/b.css", "/docs/kit"] },
  { pattern: "/caf\u00e9", paths: ["/caf\u00e9"] },
  { pattern: "/a b", paths: ["/a b"] },
  { pattern: "/kiosk", paths: ["/kiosk"] },
  { pattern: "/x|y", paths: ["/x|y"] },
  { pattern: "/users/:id/edit", paths: ["/users/7/edit"] },
];

const byte = (code: number, upper: boolean) => {
  const hex = code.toString(16).padStart(2, "0");
  return `%${upper ? hex.toUpperCase() : hex}`;
};

/** Percent-encodes a character, or a byte. */
function escape(char: string, upper: boolean): string {
  return Array.from(new TextEncoder().encode(char), (code) => byte(code, upper)).join("");
}

/** Characters that some programs take for others. */
const LOOK_ALIKES: Readonly<Record<string, readonly string[]>> = {
  k: ["\u212a", "K"],
  s: ["\u017f", "S"],
  i: ["\u0131", "\u0130", "I"],
  "\u00e9": ["e\u0301", "\u00c9", "E\u0301"],
  "/": [
    "//",
    "///",
    "\\",
    "/./",
    "/../",
    "/x/../",
    "/%2e/",
    "/%2e%2e/",
    "/x/.%2E/",
    "%2f",
    "%5C",
    "%2F%2F",
    "/;x/",
    "\u2215",
  ],
  ".": ["%2e", "%2E", ".."],
  " ": ["+", "%20", "%09", "\u00a0"],
};

/** What may stand between two characters. */
const INSERTED = [
  ";a=b",
  ";",
  "%3b",
  ";/x",
  "%3B/x",
  "%3f",
  "%3Fx",
  "?",
  "?/x",
  "%23",
  "#",
  "%00",
  "%0a",
  "%2e",
  ".",
  "%7f",
  "%c0%ae",
  "\\",
  "%5c",
  "%",
];

const BEHIND = [
  "/",
  "//",
  "/.",
  ".",
  "%20",
  "/..",
  "/x/..",
  ";",
  ";x=y",
  ";/x",
  "%3fx",
  "?x",
  "?x/../..",
  "#x",
  "%2f",
  "%00",
  "/%2e",
  "%25",
  "%2e",
];

const IN_FRONT = ["/", "/.", "/x/..", "/%2e", "//x/..", "/;x", "\\", "/x%2f.."];

/** How one character is written. */
const charArbitrary = (char: string): fc.Arbitrary<string> => {
  const others = LOOK_ALIKES[char] ?? [char.toUpperCase()];
  return fc.oneof(
    { weight: 40, arbitrary: fc.constant(char) },
    { weight: 4, arbitrary: fc.boolean().map((upper) => char === "/" ? char : escape(char, upper)) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
    { weight: others.length > 1 ? 4 : 1, arbitrary: fc.constantFrom(...others).map((other) => escape(other, true)) },
    { weight: 1, arbitrary: fc.boolean().map((upper) => escape(char, upper).replaceAll("%", "%25")) },
    { weight: 1, arbitrary: fc.constantFrom(...INSERTED).map((text) => char + text) },
    { weight: 1, arbitrary: fc.constantFrom(...INSERTED).map((text) => text + char) },
  );
};

/** Text as a client sends it: UTF-8, or Latin-1 where that is told, with what no client can send escaped. */
function toWire(text: string, latin1: boolean): string {
  // deno-lint-ignore no-control-regex -- These end the line of a request.
  const sendable = text.replace(/[\x00-\x20\x7f]/g, (char) => escape(char, true));
  if (latin1 && /^[\0-\xff]*$/.test(sendable)) return sendable;
  return Array.from(new TextEncoder().encode(sendable), (code) => String.fromCharCode(code)).join("");
}

const HOSTS = [
  HOST,
  HOST,
  HOST,
  "A.Example.COM",
  "a.example.com.",
  "a.example.com:8080",
  "A.EXAMPLE.com.:80",
  "b.example.com",
  "b.example.com",
  "x.a.example.com",
];

const ODD_HOSTS = [
  "a.example.com..",
  "user@a.example.com",
  "a.example.com/x",
  "a%2eexample.com",
  "a.example.com:",
  "a.example.com, b.example.com",
  "",
];

const ORIGINS = [
  "http://a.example.com",
  "HTTP://A.EXAMPLE.COM:80",
  "http://user:secret@a.example.com",
  "http://b.example.com",
  "https://a.example.com.",
  "//a.example.com",
  "http:",
  "http:/",
];

/** Ways to write requests for closed paths. */
export const spelling: fc.Arbitrary<Spelling> = fc.record({
  path: fc.constantFrom(...CLOSED.flatMap(({ paths }) => paths)).chain((path) =>
    fc.tuple(...Array.from(path, charArbitrary)).map((chars) => chars.join(""))
  ),
  isUpper: fc.constantFrom(false, false, false, false, false, true),
  inFront: fc.oneof({ weight: 12, arbitrary: fc.constant("") }, fc.constantFrom(...IN_FRONT)),
  behind: fc.oneof({ weight: 4, arbitrary: fc.constant("") }, fc.constantFrom(...BEHIND)),
  origin: fc.oneof({ weight: 12, arbitrary: fc.constant("") }, fc.constantFrom(...ORIGINS)),
  latin1: fc.boolean(),
  host: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...HOSTS) }, fc.constantFrom(...ODD_HOSTS)),
}).map(({ path, isUpper, inFront, behind, origin, latin1, host }) => ({
  target: origin + toWire(inFront + (isUpper ? path.toUpperCase() : path) + behind, latin1),
  host,
}));
