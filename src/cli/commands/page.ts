import { type Gate, INTERNALS } from "../../gate/internals.ts";
import type { Languages } from "../../answer/languages.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import type { MaintenanceOptions } from "../../gate/maintenance-options.ts";
import type { MaintenanceState } from "../../types/maintenance-state.ts";
import { renderPage } from "../../index.ts";
import { loadConfig, makeGate } from "../open/config.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT, usageError } from "../exit-codes.ts";
import { show } from "../output/secrets.ts";
import { isStoreGiven, openStore } from "../open/stores.ts";
import { readCurrent, requireValid, situationOf } from "../situation.ts";

/** Runs `page`. */
export async function page(context: Context): Promise<number> {
  const { args, output, result } = context;
  const config = args.options.config === undefined ? undefined : await loadConfig(args.options.config);
  const state = isStoreGiven(args.options.store) ? await readState(args.options.store) : ON;
  const options = config !== undefined && "gate" in config ? undefined : pageOptions(config?.options);
  const gate = config !== undefined && "gate" in config ? config.gate : await makeGate(options!, state, output);
  const { live, languages } = (gate as Gate)[INTERNALS];
  // The gate may follow a store of its own, and may not have read it yet.
  await live?.refresh?.(undefined);
  const language = chooseLanguage(languages, args.options.language);
  const html = options !== undefined && options.page === undefined && options.handler503 === undefined
    ? renderBuiltIn(options, state, language)
    : await askFor(gate, language);
  result["html"] = html;
  if (!output.json) output.raw(html);
  return EXIT.ok;
}

const ON = { mode: "on" } as const satisfies MaintenanceState;

/** The language of the page: that of a given tag, or the first one of the site. */
function chooseLanguage({ tags, placeOf }: Languages, given: string | undefined): string {
  const place = given === undefined ? 0 : placeOf(given);
  const tag = tags[place];
  if (tag !== undefined) return tag;
  throw usageError(`"--language" must be one of ${tags.join(", ")}, received ${show(given!)}`);
}

/** The built-in page. Its `Retry-After` comes from no point in time: the page may be served later than now. */
function renderBuiltIn(
  { site, messages, retryAfter }: MaintenanceOptions,
  { mode, reason, end, ...state }: PageState,
  language: string,
): string {
  const seconds = [state.retryAfter, retryAfter].find((given) => typeof given === "number");
  return renderPage({
    mode,
    language,
    ...(site && { site }),
    ...(messages && { messages }),
    ...(reason !== undefined && { reason }),
    ...(end !== undefined && { end: new Date(end) }),
    ...(seconds !== undefined && { retryAfter: seconds }),
  });
}

/** The page that a gate answers with. */
async function askFor(gate: Maintenance, language: string): Promise<string> {
  const headers = { accept: "text/html", "accept-language": language };
  const requestWith = (method: string) => new Request("http://localhost/", { method, headers });
  // The page for a POST request says that nothing was saved. Only a read-only site answers no GET request.
  const isReadable = gate.explain(requestWith("GET")).because === "safe-method";
  const html = await gate(requestWith(isReadable ? "POST" : "GET"))?.text();
  if (html !== undefined) return html;
  throw new CliError("usage", 'the gate of "--config" lets "/" through now: export only its options');
}

/** The parts of a state that the page shows. */
interface PageState extends Pick<MaintenanceState, "reason" | "end" | "retryAfter"> {
  readonly mode: "on" | "read-only";
}

async function readState(store: string | undefined): Promise<PageState> {
  const opened = await openStore(store);
  try {
    const { state, phase } = situationOf(requireValid(await readCurrent(opened.store), opened.label), Date.now());
    const { mode, reason, end, retryAfter } = state;
    if (mode === "off" || phase === "ended") return ON;
    return {
      mode,
      ...(reason !== undefined && { reason }),
      ...(end !== undefined && { end }),
      ...(retryAfter !== undefined && { retryAfter }),
    };
  } finally {
    opened.close();
  }
}

/** The options that change the page. */
function pageOptions(options: MaintenanceOptions = {}): MaintenanceOptions {
  const { page, handler503, statusCode, retryAfter, site, messages, languages } = options;
  return {
    responseType: "html",
    ...(page !== undefined && { page }),
    ...(handler503 !== undefined && { handler503 }),
    ...(statusCode !== undefined && { statusCode }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(site !== undefined && { site }),
    ...(messages !== undefined && { messages }),
    ...(languages !== undefined && { languages }),
  };
}
