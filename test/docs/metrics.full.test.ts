/** The recipe of docs/metrics.md: its server is started, closed and scraped as Prometheus would do it. */
import { afterAll, expect, test } from "vitest";
import { freePort } from "../_free-port.ts";
import { expectStatus, statusAt } from "./_answers.ts";
import { codeIn, page } from "./_pages.ts";
import { cleanUp, startServer, write } from "./_scratch.ts";

afterAll(cleanUp);

const { codeUnder, blocksUnder, tablesUnder } = page("metrics.md");

/** What Prometheus reads from the server of the page after three requests that were refused. */
async function scrape(): Promise<string[]> {
  const metricsPort = await freePort();
  const file = write("metrics/maintenance.json", '{ "mode": "off" }');
  const code = codeUnder("Prometheus").replace("9464", String(metricsPort)).replace("maintenance.json", file);
  const { port } = await startServer("node", "metrics/server.ts", code);
  write("metrics/maintenance.json", '{ "mode": "on" }');
  await expectStatus(port, 503);
  for (let i = 0; i < 2; i++) await statusAt(port);
  return (await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).split("\n");
}

test("Prometheus reads the lines that the page shows, and each metric that its table and its alerts name", {
  timeout: 60_000,
}, async () => {
  const lines = (await scrape()).map((line) => line.replace(/,?otel_scope_[a-z_]+="[^"]*"/g, "").replace("{}", ""));
  const shown = blocksUnder("Prometheus", "")[0]!.text.trimEnd().split("\n");
  const nameOf = (line: string) => line.replace(/ [\d.]+$/, "");
  expect(lines.map(nameOf)).toEqual(expect.arrayContaining(shown.map(nameOf)));
  for (const exact of shown.slice(0, 2)) expect(lines).toContain(exact);

  const read = new Set(lines.filter((line) => /^maintenance/.test(line)).map((line) => /^\w+/.exec(line)![0]));
  const listed = tablesUnder("The metrics")[0]!.rows.map(([name]) => codeIn(name!)[0]!.replaceAll(".", "_"));
  expect(new Set(listed)).toEqual(new Set([...read].map((name) => name.replace(/_total$/, ""))));
  const labels = tablesUnder("The metrics")[1]!.rows.map(([name]) => codeIn(name!)[0]!.replaceAll(".", "_"));
  const asked = blocksUnder("Alerts", "yaml")[0]!.text.match(/maintenance_\w+/g)!;
  expect(asked.filter((name) => !read.has(name) && !labels.includes(name))).toEqual([]);
  expect(asked.length).toBeGreaterThan(5);
});
