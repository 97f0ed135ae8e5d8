import type { StateSnapshot } from "../../gate/live.ts";
import { carriesBypass, urlWithoutSecret } from "../../bypass/request-secret.ts";
import { OFF } from "../../state/modes.ts";
import { type Gate, INTERNALS } from "../../gate/internals.ts";
import type { DecisionReason, Explanation } from "../../types/decision.ts";
import type { MaintenanceContext } from "../../types/context.ts";
import type { Instance } from "../../types/fleet.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import { compilePart } from "../../state/part.ts";
import { prepareSnapshot } from "../../state/state-snapshot.ts";
import type { Context } from "../context.ts";
import type { Output } from "../output/output.ts";
import { EXIT, usageError } from "../exit-codes.ts";
import { readAddress } from "../input/addresses.ts";
import { type Config, loadConfig, makeGate } from "../open/config.ts";
import { isStoreGiven, openStore } from "../open/stores.ts";
import { admissionsByCode, headline, isCodeKnown, partOf, printRows } from "../output/describe.ts";
import { headlineOfAll, listInForce } from "../output/windows.ts";
import { viewWindows } from "../windows.ts";
import { show } from "../output/secrets.ts";
import { jsonOf, readCurrent, requireValid, showable, type Situation, situationOf } from "../situation.ts";
import { wrap } from "../output/wrap.ts";
import { tryReadFleet } from "../wait/fleet.ts";

/** The reasons of decisions, for people. */
const WHY: Readonly<Record<DecisionReason, string>> = {
  "off": "maintenance is off, or does not cover this URL",
  "staff": "staff gets in",
  "internal-ip": "the client's address is internal",
  "ignored-url": "the URL is ignored",
  "bypass": "the request carries the bypass secret",
  "bypass-link": "the request opens the bypass link, which sets the cookie",
  "allowed": 'the option "allow" lets it in',
  "admitted": "the visitor is in the percentage that gets in",
  "safe-method": "the site is read-only, and the request only reads",
  "maintenance": "maintenance is on, and nothing lets the request in",
  "read-only": "the site is read-only, and the request may write",
};

/** Runs `explain`. */
export async function explain(context: Context): Promise<number> {
  const { args, output, result } = context;
  const request = buildRequest(args.url!, args.options.method ?? "GET");
  const ip = args.options.ip === undefined ? undefined : await readAddress("--ip", args.options.ip);
  const config = args.options.config === undefined ? undefined : await loadConfig(args.options.config);
  const { gate, snapshot, label, instances } = await prepare(context, config);

  const ctx = { ...(ip !== undefined && { clientIp: ip }), isStaff: args.options.staff === true };
  const explanation = gate.explain(request, ctx);
  const { because, matched, bypass } = explanation;
  const doubt = config === undefined ? doubtOf(explanation, request, ctx, instances) : undefined;
  const outcome = doubt === undefined ? explanation.outcome : "unknown";
  const window = explanation.outcome === "answer" ? explanation.window : undefined;
  const why = doubt ?? whyOf(explanation, request, snapshot);
  const situation = snapshot && situationFor(explanation, request, snapshot);
  const url = urlWithoutSecret(request.url);
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
    window: window ?? null,
    why,
    ...(situation && { state: showable(snapshot!.state), ...jsonOf(situation) }),
  });
  const verdict = {
    pass: output.paint("green", "passes"),
    answer: output.paint("red", because === "bypass-link" ? "is redirected" : "gets the maintenance answer"),
    unknown: output.paint("yellow", "cannot be decided without --config"),
  }[outcome];
  const sentence = `${request.method} ${url} ${verdict}: ${why}${matched === undefined ? "" : ` (${matched})`}.`;
  for (const line of wrap(sentence, output.width)) output.line(line);
  const plain = { ...output, paint: (_: unknown, text: string) => text };
  printRows(output, [
    ["because", because],
    ...(bypass === undefined ? [] : [["bypass", bypass] as const]),
    ["client", `${ip ?? "no address given"}${ctx.isStaff ? ", staff" : ""}`],
    ...(window === undefined ? [] : [["window", window] as const]),
    ["state", situation === undefined ? "the gate's own" : stateOf(plain, situation, snapshot!)],
    ...(label === undefined ? [] : [["store", label] as const]),
  ]);
  if (because === "internal-ip") {
    output.note(
      `this holds where the gate sees ${ip} as the client: behind a proxy, that takes "trustProxy", see docs/proxies.md`,
    );
  }
  if (request.url !== args.url) output.note(`${urlWithoutSecret(args.url!)} was read as ${url}`);
  return EXIT.ok;
}

function whyOf({ because }: Explanation, request: Request, snapshot: StateSnapshot | undefined): string {
  const on = snapshot === undefined ? [] : viewWindows(snapshot, Date.now()).filter(({ inForce }) => inForce);
  if (because === "off" && on.length > 0 && on.every((window) => !isAbout(window, request))) {
    return `maintenance is only for ${on.length === 1 ? partOf(on[0]!.state) : listInForce(on)}`;
  }
  return WHY[because] ?? because;
}

/** The state in one sentence: of the window that the request is about. */
function stateOf(output: Output, situation: Situation, snapshot: StateSnapshot): string {
  const all = situation.name === undefined ? viewWindows(snapshot, Date.now()) : [];
  return headlineOfAll(output, situation, all) ?? headline(output, situation);
}

/** Whether a window closes the URL of a request. */
function isAbout({ state }: Situation, request: Request): boolean {
  return compilePart(state).appliesTo?.(request) !== false;
}

/** The window that answers a request, else the strictest that closes its URL, else the maintenance without a name. */
function situationFor(explanation: Explanation, request: Request, snapshot: StateSnapshot): Situation {
  const now = Date.now();
  if (explanation.outcome === "answer") return situationOf(snapshot, now, explanation.window);
  const about = viewWindows(snapshot, now).find((window) => window.inForce && isAbout(window, request));
  return situationOf(snapshot, now, about?.name);
}

/** Why the state alone does not decide about a request: the site's own options, which are not known here, may decide. */
function doubtOf(
  { because }: Explanation,
  request: Request,
  { clientIp }: MaintenanceContext,
  instances: readonly Instance[] | undefined,
): string | undefined {
  const isKnown = isCodeKnown(instances);
  if (because === "staff") {
    if (isKnown && instances!.every(({ admits }) => admits.includes("staff"))) return undefined;
    return "the site's own code decides whether staff gets in";
  }
  if (because === "safe-method") {
    if (isKnown && !instances!.some(({ admits }) => admits.includes("safe-method"))) return undefined;
    return "the state lets it read, but the site's own code may count it as writing";
  }
  if (because !== "maintenance" && because !== "read-only") return undefined;
  const mayApply = (word: string): boolean => {
    if (word === "internal-ip") return clientIp !== undefined;
    if (word === "bypass") return carriesBypass(request);
    return word !== "staff" && (word !== "safe-method" || because === "read-only");
  };
  const relevant = instances?.map((instance) => ({ ...instance, admits: instance.admits.filter(mayApply) }));
  const words = admissionsByCode(relevant?.filter(({ admits }) => admits.length > 0));
  if (isKnown && words.length === 0) return undefined;
  const allowed = words.length === 0 ? "" : ` (it allows ${words.join(", ")})`;
  return `the state keeps it out, but the site's own code may let it in${allowed}`;
}

/** What `explain` asks. */
interface Asked {
  readonly gate: Maintenance;
  /** The state of the gate; `undefined` if the gate has one of its own. */
  readonly snapshot?: StateSnapshot;
  /** The name of the store, if there is one. */
  readonly label?: string;
  /** The processes, if there are a store and no options of the site. */
  readonly instances?: readonly Instance[] | undefined;
}

async function prepare({ args, output }: Context, config: Config | undefined): Promise<Asked> {
  if (config !== undefined && "gate" in config) {
    // The gate may follow a store of its own, and may not have read it yet.
    await (config.gate as Gate)[INTERNALS].live?.refresh?.(undefined);
    if (args.options.store !== undefined) {
      throw usageError('the gate of "--config" has its own state: leave out "--store", or export only the options');
    }
    if (isStoreGiven(undefined)) {
      output.note('the gate of "--config" has its own state: MAINTENANCE_STORE was not read');
    }
    return { gate: config.gate };
  }
  if (config !== undefined && !isStoreGiven(args.options.store)) {
    const snapshot = await prepareSnapshot(OFF);
    return { gate: await makeGate(config.options, snapshot.state, output), snapshot };
  }
  const opened = await openStore(args.options.store);
  try {
    const snapshot = requireValid(await readCurrent(opened.store), opened.label);
    const gate = await makeGate(config?.options ?? {}, snapshot.state, output);
    const instances = config === undefined ? await tryReadFleet(opened.store) : undefined;
    return { gate, snapshot, label: opened.label, instances };
  } finally {
    opened.close();
  }
}

function buildRequest(text: string, method: string): Request {
  const isPath = text.startsWith("/");
  if (!isPath && !/^https?:\/\//i.test(text)) {
    throw usageError(`the URL must start with "http:", "https:" or "/", received ${show(text)}`);
  }
  try {
    return new Request(new URL(text, "http://localhost"), { method: method.toUpperCase() });
  } catch {
    if (!URL.canParse(text, "http://localhost")) throw usageError(`${show(text)} is not a valid URL`);
    throw usageError(`"--method" must be a method that a Request can have, received ${show(method)}`);
  }
}
