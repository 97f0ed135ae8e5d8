import { checkNames, invalidOption, OptionError } from "../util/errors.ts";
import { quote } from "../util/received.ts";
import { isWholeNumber } from "../util/whole-number.ts";
import { LONGEST_SECRET, SHORTEST_SECRET } from "../bypass/request-secret.ts";

const TASK = "create maintenance mode";

/** Checks `bypassSecret`. */
export function checkSecret(secret: unknown): void {
  const isText = typeof secret === "string" && secret.length >= SHORTEST_SECRET && secret.length <= LONGEST_SECRET;
  // The end of the line in the file that held it, for instance: a visitor who pastes what can be seen would stay out.
  // deno-lint-ignore no-control-regex
  if (isText && /^\s|\s$|[\0-\x1f\x7f]/.test(secret)) {
    const expected = "a text without control characters, and without white space at its start or end";
    throw new OptionError(TASK, { path: "bypassSecret", expected, hint: "trim() it" });
  }
  if (isText) return;
  // Nothing of the secret in the message, not even its length.
  const expected = `a text of ${SHORTEST_SECRET} to ${LONGEST_SECRET} characters, such as crypto.randomUUID() makes`;
  throw new OptionError(TASK, { path: "bypassSecret", expected });
}

/** Labels of letters, digits and hyphens, the last one not of digits alone, which an IP address has. */
const HOST_NAME = /^(?=.{1,253}$)(?:(?!-)[a-z\d-]{1,63}(?<!-)\.)*(?!-)(?!\d+$)[a-z\d-]{1,63}(?<!-)$/i;

/** Checks `bypassDomain`. */
export function checkDomain(domain: unknown): void {
  if (typeof domain === "string" && HOST_NAME.test(domain)) return;
  const plain = typeof domain === "string" ? domain.replace(/^[a-z]+:\/\//i, "").replace(/^\.|[:/].*$/gs, "") : "";
  const hint = HOST_NAME.test(plain) ? `write ${quote(plain)}` : undefined;
  throw invalidOption(TASK, "bypassDomain", 'a host name such as "example.com"', domain, hint);
}

/** Checks `admittedCaching`, and fills in the default. */
export function readAdmittedCaching(value: unknown = "no-store"): "no-store" | "leave" {
  if (value === "no-store" || value === "leave") return value;
  throw invalidOption(TASK, "admittedCaching", '"no-store" or "leave"', value);
}

/** A day, in seconds. */
const ANNOUNCED_BEFORE = 86_400;

/** Checks `announce`, and fills in what was left out. */
export function readAnnounce(announce: unknown): { before: number; header: string | undefined } {
  if (announce === undefined) return { before: ANNOUNCED_BEFORE, header: undefined };
  const seconds = "a whole number of seconds from 0";
  if (typeof announce !== "object" || announce === null) {
    if (isWholeNumber(announce)) return { before: announce, header: undefined };
    throw invalidOption(TASK, "announce", `${seconds}, or an object with "before" and "header"`, announce);
  }
  checkNames(TASK, announce, ["before", "header"], '"announce"');
  const { before = ANNOUNCED_BEFORE, header = false } = announce as { before?: unknown; header?: unknown };
  if (!isWholeNumber(before)) throw invalidOption(TASK, "announce.before", seconds, before);
  if (header === false) return { before, header: undefined };
  if (typeof header !== "string" || !FIELD_NAME.test(header) || TAKEN_FIELDS.test(header)) {
    throw invalidOption(
      TASK,
      "announce.header",
      'false or the name of a header field of its own such as "Maintenance"',
      header,
    );
  }
  return { before, header };
}

/** The name of a header field: RFC 9110 section 5.6.2. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Fields with another meaning, which this one would replace. By "maintenance-mode" the page tells the gate's answers from the app's. */
const TAKEN_FIELDS =
  /^(?:content-.*|transfer-encoding|connection|upgrade|set-cookie|location|date|vary|retry-after|cache-control|maintenance-(?:mode|bypass))$/i;
