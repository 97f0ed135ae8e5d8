/** What a request pays in a gate whose metrics somebody reads. */
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import {
  type Maintenance,
  type MaintenanceContext,
  maintenanceMode,
  type MaintenanceOptions,
} from "../../src/index.ts";
import { instrument } from "../../src/opentelemetry.ts";
import { liveState, type MaintenanceState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { BROWSERS, freshRequests } from "./_browsers.ts";
import { assertAgreement, type Contender, report, run } from "./_harness.ts";

interface Input {
  readonly request: Request;
  readonly ctx: MaintenanceContext;
}

const meter = new MeterProvider().getMeter("bench");
const counter = meter.createCounter("decisions");

function instrumented(options: MaintenanceOptions): Maintenance {
  const maintenance = maintenanceMode(options);
  instrument(maintenance, { meter, logger: { info() {} } });
  return maintenance;
}

/** What people would write without `instrument()`. */
function counting(options: MaintenanceOptions): Maintenance {
  return maintenanceMode({
    ...options,
    onDecision: ({ outcome, because }) => counter.add(1, { outcome, because }),
  });
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

function contender(name: string, role: Contender<Input>["role"], gate: Maintenance): Contender<Input> {
  return { name, role, run: ({ request, ctx }) => gate(request, ctx) };
}

async function contendersFor(mode: MaintenanceState["mode"]): Promise<Contender<Input>[]> {
  const state = await liveState(memoryStore(JSON.stringify({ mode }))).ready;
  const contenders = [
    contender("a gate", "limit", maintenanceMode({ state })),
    contender("instrument()", "gate", instrumented({ state })),
    contender("onDecision with a counter of the SDK", "peer", counting({ state })),
  ];
  assertAgreement(`metrics, ${mode}`, contenders, inputs(64), ({ request }) => request.url);
  await state.close();
  return contenders;
}

report([
  await run({ title: "maintenance off", contenders: await contendersFor("off"), inputs, target: { ratio: 1.1 } }),
  await run({
    title: "a request that passes while the site is read-only",
    contenders: await contendersFor("read-only"),
    inputs,
    target: { ratio: 1.1, plusNs: 50 },
  }),
  await run({ title: "the 503", contenders: await contendersFor("on"), inputs, target: { ratio: 1.1 } }),
]);
