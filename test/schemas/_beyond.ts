/** What a state may not say although the schema takes it, because a schema cannot tell. */
export interface Beyond {
  /** The rule, in the words of the documentation. */
  readonly rule: string;
  /** The message of the error about it, and of no error that the schema finds. */
  readonly message: RegExp;
  /** A state that the schema takes and that breaks this rule alone. */
  readonly example: Readonly<Record<string, unknown>>;
}

const LISTS = String.raw`"\$[^"]*\.(?:urls|ignoreUrls|reads|writes)`;

/** These rules, and no others. */
export const BEYOND: readonly Beyond[] = [
  {
    rule: "an end is later than the start",
    message: /\.(?:end|expectedEnd)" must be later than the start/,
    example: { start: "2036-11-22T01:00:00Z", end: "2036-11-22T02:00:00+01:00" },
  },
  {
    rule: "a month has the day",
    message:
      /"\$[^"]*\.(?:start|end|expectedEnd|since|retryAfter)" must be .*received "\d{4}-(?:02-(?:29|3\d)|\d\d-31)T/,
    example: { start: "2037-02-29T01:00:00Z" },
  },
  {
    rule: "the fields of a crontab are within their bounds",
    message: /\.cron" must be five fields of a crontab.*: (?!it has)/,
    example: { recurring: [{ cron: "60 1 * * *", duration: "1h" }] },
  },
  {
    rule: "a recurring window lasts 366 days at most",
    message: /\.duration" must be .*received "[^"]*\d{3}/,
    example: { recurring: [{ cron: "0 1 * * *", duration: "367d" }] },
  },
  {
    rule: "the runtime knows the time zone",
    message: /\.timeZone" must be .*received "/,
    example: { recurring: [{ cron: "0 1 * * *", duration: "1h", timeZone: "Europe/Atlantis" }] },
  },
  {
    rule: "a URL pattern compiles",
    message: new RegExp(String.raw`${LISTS}\[\d+\]" must be a valid URLPattern`),
    example: { urls: ["/shop/("] },
  },
  {
    rule: "a URL pattern with a host has a path",
    message: new RegExp(String.raw`${LISTS}\[\d+\]" must be .*: without a path`),
    example: { urls: ["https://a.example.com"] },
  },
  {
    rule: "the methods of a URL pattern are not misspelt",
    message: new RegExp(String.raw`${LISTS}\[\d+\]" must be a pattern behind its methods.*: (?:did you mean|write)`),
    example: { urls: ["PSOT /shop"] },
  },
  {
    rule: "the URL patterns of a list are not too long and too intricate to compile in time",
    message: new RegExp(String.raw`${LISTS}(?:\[\d+\])?" must be (?:a pattern|patterns) (?:with|of) at most`),
    example: { urls: [`/${"*".repeat(101)}`] },
  },
  {
    rule: "some URL pattern is for one of the hosts",
    message: /\.urls" must be for one of the hosts in "hosts"/,
    example: { hosts: ["a.example.com"], urls: ["https://b.example.com/*"] },
  },
  {
    rule: "a host can have the name",
    message: /\.hosts\[\d+\]" must be a host name/,
    example: { hosts: ["*.127.0.0.1"] },
  },
  {
    rule: "an address is one, and a range has no bits behind its prefix",
    message: /\.internalIps\[\d+\]" must be an IP address or CIDR range/,
    example: { internalIps: ["10.0.0.1/8"] },
  },
  {
    rule: "the characters of a name are printable",
    message: /\.(?:owner|by)" must be a text of 1 to 200 printable characters/,
    example: { by: "root\u200b" },
  },
  {
    rule: "a note has 2000 characters at most as JavaScript counts them",
    message: /\.note" must be a text of at most 2000 characters/,
    example: { note: "😀".repeat(1_001) },
  },
];
