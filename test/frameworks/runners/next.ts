import type { Framework } from "../framework.ts";

const command = ["env", "NEXT_TELEMETRY_DISABLED=1", "STORE=build.json"] as const;

/** Next 15 takes what is called `next` for itself, so its folder has to have that name. */
const as15 = [["mkdir", "node_modules"], ["cp", "-r", "../../node_modules/next15", "node_modules/next"]] as const;
const bin15 = ["node", "node_modules/next/dist/bin/next"] as const;

const noSockets = {
  "WebSocket: refused while on, and counted while open": "Next serves no WebSockets; a custom server does",
};
const uncounted =
  "The proxy never learns when a response was sent: the command line calls the process uncounted and fails";
const notCounted = {
  "--wait: waits for a slow handler": uncounted,
  "--wait: waits for a slow stream": uncounted,
  "--wait: a client that has gone does not hold it up for ever": uncounted,
  "--wait: a blocked request and a request that failed are not counted": uncounted,
  "status: the process counts requests, and nothing is uncounted": uncounted,
};

const app = "test/frameworks/apps/next";
const registered = {
  title: "registerMaintenance of /next",
  files: [app, "test/frameworks/apps/next-instrumentation"],
  cannot: noSockets,
};

export const frameworks: readonly Framework[] = [
  {
    ...registered,
    name: "next",
    package: "next",
    build: [[...command, "next", "build"]],
    start: { command: ["next", "start"] },
    example: "next",
  },
  {
    ...registered,
    name: "next-standalone",
    package: "next",
    build: [
      [...command, "NEXT_OUTPUT=standalone", "next", "build"],
      ["cp", "-r", "public", ".next/standalone/.apps/next-standalone"],
    ],
    start: { command: ["node", ".next/standalone/.apps/next-standalone/server.js"] },
  },
  {
    name: "next-server",
    package: "next",
    title: "maintenanceMiddleware of /connect on a custom server of Next",
    files: [app, "test/frameworks/apps/next-server"],
    build: [[...command, "next", "build"]],
    start: { command: ["node", "server.mjs"] },
  },
  {
    name: "next-proxy",
    package: "next",
    title: "maintenanceProxy of /next alone",
    files: [app, "test/frameworks/apps/next-proxy"],
    build: [[...command, "next", "build"]],
    start: { command: ["next", "start"] },
    cannot: { ...noSockets, ...notCounted },
  },
  {
    ...registered,
    name: "next15",
    package: "next15",
    build: [...as15, [...command, ...bin15, "build"]],
    start: { command: [...bin15, "start"] },
  },
  {
    name: "next15-proxy",
    package: "next15",
    title: "maintenanceProxy of /next alone, in middleware.js",
    files: [app, "test/frameworks/apps/next15-middleware"],
    build: [...as15, [...command, ...bin15, "build"]],
    start: { command: [...bin15, "start"] },
    cannot: { ...noSockets, ...notCounted },
  },
];
