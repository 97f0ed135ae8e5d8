import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { expect, onTestFinished, test } from "vitest";
import { instrument } from "../../src/opentelemetry.ts";
import { freePort } from "../_free-port.ts";
import { requestTo, siteWith } from "./_site.ts";

test("the Prometheus exporter serves the metrics over HTTP", async () => {
  const port = await freePort();
  const exporter = new PrometheusExporter({
    port,
    host: "127.0.0.1",
    preventServerStart: true,
    withoutScopeInfo: true,
  });
  const provider = new MeterProvider({ readers: [exporter] });
  onTestFinished(() => provider.shutdown());
  await exporter.startServer();

  const { maintenance, state } = await siteWith();
  instrument(maintenance, { meter: provider.getMeter("my-app") });
  await state.set({ mode: "on", expectedEnd: new Date(Date.now() + 3_600_000).toISOString() });
  for (let i = 0; i < 3; i++) maintenance(requestTo("/"));

  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const lines = (await response.text()).split("\n");
  expect(lines).toEqual(expect.arrayContaining([
    "# TYPE maintenance_mode gauge",
    'maintenance_mode{maintenance_mode="on"} 1',
    'maintenance_mode{maintenance_mode="read-only"} 0',
    "# TYPE maintenance_decisions_total counter",
    'maintenance_decisions_total{maintenance_outcome="answer",maintenance_because="maintenance"} 3',
    "# TYPE maintenance_in_flight gauge",
    'maintenance_in_flight{maintenance_let_in="before"} 0',
    'maintenance_in_flight{maintenance_let_in="since"} 0',
    "maintenance_stream_count 0",
    "# UNIT maintenance_store_read_age s",
    expect.stringMatching(/^maintenance_store_read_age \d/),
    "maintenance_overdue 0",
  ]));
});
