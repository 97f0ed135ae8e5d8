import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { commandsOf } from "./_fixture.ts";

const { deno, bun, node } = commandsOf("wrong-host");

const FOR_NODE =
  "Cannot put the gate in front of the handler: this withMaintenance() is for another server: it takes the " +
  "request and the response of Node, received a Request: ";
const BY_HAND = 'give the listener to http.createServer(), or import withMaintenance from "maintenancemode/fetch"';
const FOR_FETCH =
  "Cannot put the gate in front of the handler: this withMaintenance() is for another server: it takes a " +
  'Request, received the request and the response of Node: import withMaintenance from "maintenancemode/node", or take ' +
  'maintenanceMiddleware of "maintenancemode/connect"';

describe.each([
  ["Deno.serve", "withMaintenance() of /node", deno, `${FOR_NODE}import withMaintenance from "maintenancemode/deno"`],
  ["Bun.serve", "withMaintenance() of /node", bun, `${FOR_NODE}import withMaintenance from "maintenancemode/bun"`],
  ["srvx", "withMaintenance() of /node", node("node"), FOR_NODE + BY_HAND],
  ["@hono/node-server", "withMaintenance() of /node", node("node"), FOR_NODE + BY_HAND],
  ["http with /deno", "withMaintenance() of /deno", node("node"), FOR_FETCH],
  ["http with /bun", "withMaintenance() of /bun", node("node"), FOR_FETCH],
  ["http with /cloudflare", "withMaintenance() of /cloudflare", node("node"), FOR_FETCH],
])("under %s", (kind, helper, [command, ...args], message) => {
  test.each(["on", "off"])(
    `${helper} throws and reports a TypeError that names the right helper, with maintenance %s`,
    async (mode) => {
      const { stdout } = await promisify(execFile)(command, [...args, kind, mode]);
      expect(JSON.parse(stdout)).toEqual({ status: 500, errors: [[true, message]] });
    },
  );
});
