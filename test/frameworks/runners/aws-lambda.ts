import type { Framework } from "../framework.ts";

const UNCOUNTED = "Lambda stops a process between two requests: the process says that it does not count";
const STREAM = "the handler gives its result as a whole";

export const frameworks: readonly Framework[] = [
  {
    name: "aws-lambda",
    package: "@types/aws-lambda",
    title: "withMaintenance of /aws-lambda, with the events of a function URL",
    // With the example, whose types are checked.
    files: ["examples/aws-lambda", "test/frameworks/apps/aws-lambda"],
    build: [["tsc", "-p", "."]],
    start: { command: ["node", "server.mjs"] },
    cannot: {
      "--wait: waits for a slow handler": UNCOUNTED,
      "--wait: waits for a slow stream": STREAM,
      "--wait: a client that has gone does not hold it up for ever": UNCOUNTED,
      "--wait: a blocked request and a request that failed are not counted": UNCOUNTED,
      "status: the process counts requests, and nothing is uncounted": UNCOUNTED,
      "WebSocket: refused while on, and counted while open":
        "API Gateway holds the sockets, and none of them is open here",
    },
  },
];
