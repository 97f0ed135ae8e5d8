/** What a request pays while maintenance is off. */
import { Hono } from "hono";
import type { MaintenanceContext } from "../../src/index.ts";
import { maintenanceMode } from "../../src/index.ts";
import { BROWSERS, freshRequests } from "./_browsers.ts";
import { assertAgreement, type Contender, report, run } from "./_harness.ts";

interface Input {
  readonly request: Request;
  readonly ctx: MaintenanceContext;
}

const requests = freshRequests(BROWSERS)(64);
let next = 0;

// A Request is much dearer than the work: 64 of them take turns.
function inputs(count: number): Input[] {
  return Array.from({ length: count }, () => {
    const request = requests[next++ % requests.length]!;
    return { request, ctx: { clientIp: "203.0.113.9" } };
  });
}

let flag = false;
const constant = maintenanceMode({ enabled: false });
const asked = maintenanceMode({ enabled: () => flag, internalIps: ["10.0.0.0/8"], ignoreUrls: ["/health"] });

const contenders: Contender<Input>[] = [
  { name: "a closure that reads a flag", role: "limit", run: ({ request }) => flag ? request : undefined },
  { name: "enabled: false", role: "gate", run: ({ request, ctx }) => constant(request, ctx) },
  { name: "enabled: () => flag", role: "gate", run: ({ request, ctx }) => asked(request, ctx) },
  { name: "a function that does nothing", role: "peer", run: () => undefined },
];

const bare = new Hono().get("*", (c) => c.body(null));
const guarded = new Hono()
  .use(async (c, next) => flag ? c.text("Maintenance", 503) : await next())
  .get("*", (c) => c.body(null));
const honoContenders: Contender<Input>[] = [
  { name: "hono, one handler", role: "limit", awaited: true, run: ({ request }) => bare.fetch(request) },
  {
    name: "hono, a middleware that is off before it",
    role: "peer",
    awaited: true,
    run: ({ request }) => guarded.fetch(request),
  },
];

// On for once, so that neither a reader nor a compiler takes the flag for a constant.
flag = true;
assertAgreement("off, flag set", [contenders[0]!, contenders[2]!], inputs(4), ({ request }) => request.url);
flag = false;
assertAgreement("off", contenders, inputs(64), ({ request }) => request.url);

report([
  await run({ title: "maintenance off", contenders, inputs, target: { below: 8 } }),
  await run({ title: "a peer: hono with a middleware that is off", contenders: honoContenders, inputs, perTurn: 50 }),
]);
