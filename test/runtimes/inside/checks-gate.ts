/** Checks of the gate itself. */
import { type Checks, equal, get } from "./check.ts";

/** By their names. */
export const gateChecks: Checks = {
  "importing the package adds nothing to the global object": ({ addedGlobals }) => {
    // Deno puts a name there when it loads npm packages, Node 20 when its own Response is first looked at.
    const own = ["nodeBootstrap", "Symbol(undici.globalDispatcher.1)"];
    equal(addedGlobals.filter((name) => !own.includes(name)), [], "new global names");
  },

  "a gate called by hand returns undefined or a Response, at once": ({ maintenanceMode }) => {
    const off = maintenanceMode({});
    equal(off(get("/")), undefined, "off");
    const on = maintenanceMode({ enabled: true });
    const answer = on(get("/"));
    equal(answer instanceof Response, true, "on returns a Response");
    equal(answer!.status, 503, "status");
  },

  "status() answers with JSON, and with 304 where the client has it": async ({ isTiny, maintenanceMode }) => {
    const gate = maintenanceMode({ enabled: true, ignoreUrls: ["/status"] });
    const first = gate.status(get("/status"));
    equal(first.status, 200, "status");
    equal(JSON.stringify(await first.json()), '{"mode":"on","phase":"now"}', "body");
    if (isTiny) return;
    const again = gate.status(get("/status", { "if-none-match": first.headers.get("etag")! }));
    equal(`${again.status} ${await again.text()}`, "304 ", "the second answer");
    equal(again.headers.get("etag"), first.headers.get("etag"), "its tag");
  },

  "each answer is a fresh Response": async ({ maintenanceMode }) => {
    const gate = maintenanceMode({ enabled: true, headers: { "x-added": "yes" } });
    const bodies = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const answer = gate(get("/"))!;
      equal(answer.headers.get("x-leak"), null, "header of an earlier answer");
      answer.headers.set("x-leak", "yes");
      bodies.add(await answer.text());
    }
    equal(bodies.size, 1, "different bodies");
    equal([...bodies][0]!.length > 100, true, "the page is not empty");
    const two = [gate(get("/"))!, gate(get("/"))!];
    equal(new Set(await Promise.all(two.map((answer) => answer.text()))).size, 1, "bodies read side by side");
  },

  "a reader who overwrites an answer leaves the next one as it was": async ({ maintenanceMode }) => {
    const gate = maintenanceMode({ enabled: true });
    for (const accept of ["text/html", "application/json", "text/plain"]) {
      for (const language of ["en", "de", "el", "zh"]) {
        const ask = () => gate(get("/", { accept, "accept-language": language }))!;
        const text = await ask().text();
        // More than once each: an answer is prepared for more when it is given again.
        for (const overwrite of [...overwriters, ...overwriters]) {
          await overwrite(ask());
          equal(await ask().text(), text, `${accept} in ${language} after ${overwrite.name}`);
        }
      }
    }
  },

  "the answer is made with the Response that is global at the time": ({ isTiny, maintenanceMode }) => {
    const own = globalThis.Response;
    class Replaced extends own {}
    const other = isTiny ? { page: "<p>own" } : { redirectUrl: "/elsewhere" };
    const gates = [maintenanceMode({ enabled: true }), maintenanceMode({ enabled: true, ...other })];
    for (const gate of gates) gate(get("/"));
    try {
      globalThis.Response = Replaced as typeof Response;
      for (const gate of gates) equal(gate(get("/")) instanceof Replaced, true, "made with the replaced class");
    } finally {
      globalThis.Response = own;
    }
  },

  "active says whether anyone could be answered": ({ maintenanceMode }) => {
    let on = false;
    const gate = maintenanceMode({ enabled: () => on });
    equal(gate.active, false, "off");
    on = true;
    equal(gate.active, true, "on");
    equal(maintenanceMode({}).active, false, "default");
    equal(maintenanceMode({ enabled: true }).active, true, "constant");
  },

  "explain() tells each reason and what matched": ({ maintenanceMode }) => {
    const decisions: string[] = [];
    const gate = maintenanceMode({
      enabled: true,
      internalIps: ["192.0.2.7", "10.0.0.0/8"],
      ignoreUrls: ["/health", "/docs/*"],
      allow: (request) => request.headers.has("x-pass"),
      onDecision: (decision) => void decisions.push(decision.because),
    });
    const pass = get("/", { "x-pass": "1" });
    const table: [Request, Parameters<typeof gate>[1], unknown][] = [
      [get("/"), { isStaff: true }, { outcome: "pass", because: "staff" }],
      [get("/"), { clientIp: "10.9.9.9" }, { outcome: "pass", because: "internal-ip", matched: "10.0.0.0/8" }],
      [get("/docs/a"), {}, { outcome: "pass", because: "ignored-url", matched: "/docs/*" }],
      [pass, undefined, { outcome: "pass", because: "allowed" }],
      [get("/"), undefined, { outcome: "answer", because: "maintenance" }],
      [get("/"), { isStaff: false, clientIp: "192.0.2.8" }, { outcome: "answer", because: "maintenance" }],
    ];
    for (const [request, ctx, expected] of table) equal({ ...gate.explain(request, ctx) }, expected, request.url);
    equal(decisions, [], "explain() does not tell onDecision");
    equal({ ...maintenanceMode({}).explain(get("/")) }, { outcome: "pass", because: "off" }, "off");
    equal(
      maintenanceMode({ enabled: true, allowStaff: false }).explain(get("/"), { isStaff: true }).because,
      "maintenance",
      "allowStaff: false",
    );
  },
};

/** Ways to get at the bytes of an answer, each of which overwrites what it got. */
const overwriters = [
  async function arrayBuffer(answer: Response) {
    new Uint8Array(await answer.arrayBuffer()).fill(0);
  },
  async function stream(answer: Response) {
    const reader = answer.body!.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) part.value.fill(0);
  },
  async function clone(answer: Response) {
    new Uint8Array(await answer.clone().arrayBuffer()).fill(0);
  },
  async function blob(answer: Response) {
    new Uint8Array(await (await answer.blob()).arrayBuffer()).fill(0);
  },
  async function transfer(answer: Response) {
    const buffer = await answer.arrayBuffer();
    structuredClone(buffer, { transfer: [buffer] });
  },
];
