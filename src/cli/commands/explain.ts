import { parseIp } from "../../match/ip/ip-address.ts";
import { urlWithoutSecret } from "../../bypass/request-secret.ts";
import { OFF } from "../../state/parse.ts";
import { type Gate, INTERNALS } from "../../gate/gate.ts";
import type { DecisionReason } from "../../types/decision.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import { compileClosedUrls } from "../../match/url/closed-urls.ts";
import { prepareSnapshot } from "../../state/snapshot.ts";
import { type Config, loadConfig, makeGate } from "../config.ts";
import type { Context } from "../context.ts";
import { EXIT, usageError } from "../exit-codes.ts";
import { admissionsByCode, headline, printRows } from "../render.ts";
import { show } from "../secrets.ts";
import { isStoreGiven, openStore } from "../stores.ts";
import { readCurrent, requireValid, type Situation, situationOf } from "../stored.ts";
import { jsonOf } from "../switching.ts";
import { tryReadFleet } from "../wait.ts";

/** What a request is let through or answered for, in words. */
const WHY: Readonly<Record<DecisionReason, string>> = {
  "off": "maintenance is off, now or for this URL",
  "staff": "staff gets in",
  "internal-ip": "the address of the client is internal",
  "ignored-url": "the URL is ignored",
  "bypass": "it carries the bypass",
  "bypass-link": "it opens the bypass link, which sets the cookie",
  "allowed": 'the option "allow" lets it in',
  "admitted": "the visitor is in the part that is let in",
  "safe-method": "the site is read-only, and the request only reads",
  "maintenance": "maintenance is on, and nothing lets the request in",
  "read-only": "the site is read-only, and the request may write",
};

/** `explain`. */
export async function explain(context: Context): Promise<number> {
  const { args, output, result } = context;
  const request = buildRequest(args.url!, args.options.method ?? "GET");
  const ip = checkIp(args.options.ip);
  const config = args.options.config === undefined ? undefined : await loadConfig(args.options.config);
  const { gate, situation, label } = await prepare(context, config);

  const ctx = { ...(ip !== undefined && { clientIp: ip }), isStaff: args.options.staff === true };
  const { outcome, because, matched, bypass } = gate.explain(request, ctx);
  const part = because === "off" && situation?.inForce && situation.state.urls && !appliesTo(situation, request.url);
  const url = urlWithoutSecret(request.url);
  const why = part ? `maintenance is only for ${situation.state.urls!.join(", ")}` : WHY[because] ?? because;
  Object.assign(result, {
    store: label ?? null,
    url,
    method: request.method,
    ip: ip ?? null,
    staff: ctx.isStaff,
    outcome,
    because,
    matched: matched ?? null,
    bypass: bypass ?? null,
    why,
    ...(situation && jsonOf(situation)),
  });
  const answered = because === "bypass-link" ? "is redirected" : "is answered by maintenance";
  const verdict = outcome === "pass" ? output.paint("green", "passes") : output.paint("red", answered);
  output.line(`${request.method} ${url} ${verdict}: ${why}${matched === undefined ? "" : ` (${matched})`}.`);
  printRows(output, [
    ["because", because],
    ...(bypass === undefined ? [] : [["bypass", bypass] as const]),
    ["client", `${ip ?? "no address"}${ctx.isStaff ? ", staff" : ""}`],
    [
      "state",
      situation === undefined ? "that of the gate" : headline({ ...output, paint: (_, text) => text }, situation),
    ],
    ...(label === undefined ? [] : [["store", label] as const]),
  ]);
  if (request.url !== args.url) output.note(`${urlWithoutSecret(args.url!)} was taken for ${url}`);
  return EXIT.ok;
}

async function prepare(
  { args, output }: Context,
  config: Config | undefined,
): Promise<{ gate: Maintenance; situation?: Situation; label?: string }> {
  if (config !== undefined && "gate" in config) {
    // It follows a store of its own, which may not have been read yet.
    await (config.gate as Gate)[INTERNALS].live?.refresh?.(undefined);
    if (args.options.store !== undefined) {
      throw usageError(
        'the gate of "--config" has a state of its own: leave "--store" out, or export the options alone',
      );
    }
    return { gate: config.gate };
  }
  if (config !== undefined && !isStoreGiven(args.options.store)) {
    const situation = situationOf(await prepareSnapshot(OFF), Date.now());
    return { gate: await makeGate(config.options, situation.state, output), situation };
  }
  const opened = await openStore(args.options.store);
  try {
    const snapshot = requireValid(await readCurrent(opened.store), opened.label);
    const gate = await makeGate(config?.options ?? {}, snapshot.state, output);
    const byCode = config === undefined ? admissionsByCode(await tryReadFleet(opened.store)) : [];
    if (byCode.length > 0) {
      output.note(
        `without --config the options of the site are not known here, which also let in: ${byCode.join(", ")}`,
      );
    }
    return { gate, situation: situationOf(snapshot, Date.now()), label: opened.label };
  } finally {
    opened.close();
  }
}

function appliesTo({ state }: Situation, url: string): boolean {
  return compileClosedUrls(state.urls!, "$.urls")(url);
}

function buildRequest(text: string, method: string): Request {
  const isPath = text.startsWith("/");
  if (!isPath && !/^https?:\/\//i.test(text)) {
    throw usageError(`the URL must start with "http:", "https:" or "/", received ${show(text)}`);
  }
  try {
    return new Request(new URL(text, "http://localhost"), { method: method.toUpperCase() });
  } catch {
    if (!URL.canParse(text, "http://localhost")) throw usageError(`${show(text)} is no valid URL`);
    throw usageError(`"--method" must be a method that a Request can have, received ${show(method)}`);
  }
}

function checkIp(ip: string | undefined): string | undefined {
  if (ip === undefined || parseIp(ip, new Uint32Array(4)) !== 0) return ip;
  throw usageError(`"--ip" must be an IPv4 or IPv6 address, received ${show(ip)}`);
}
