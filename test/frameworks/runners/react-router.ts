import type { Framework } from "../framework.ts";

// The build renders the prerendered page, and middleware needs a store for that.
const build = [["env", "STORE=maintenance.json", "react-router", "build"]] as const;

const FILES = "react-router-serve answers it before middleware: a server of one's own closes it";
const ADDRESS = "react-router-serve tells no address: a server of one's own does, with getLoadContext";

export const frameworks: readonly Framework[] = [
  {
    name: "react-router",
    example: "react-router",
    package: "react-router",
    title: "maintenanceMiddleware of /react-router in app/root.tsx",
    files: ["test/frameworks/apps/react-router"],
    build,
    start: { command: ["react-router-serve", "build/server/index.js"] },
    cannot: {
      "off: the framework's own helpers work": ADDRESS,
      "on: the framework's own helpers work behind the gate": ADDRESS,
      "on: HEAD, POST and OPTIONS are answered as well": "React Router answers OPTIONS with 405 before middleware",
      "admit: the cookie is set, and keeps a visitor in": ADDRESS,
      "on: an internal address passes, as the proxy tells it": ADDRESS,
      "on: an unknown URL is answered": 'React Router calls no middleware where no route matches: a route "*" does it',
      "on: a static file is closed": FILES,
      "on: a prerendered page is closed": FILES,
      "WebSocket: refused while on, and counted while open": "react-router-serve has none",
    },
  },
  {
    name: "react-router-server",
    package: "react-router",
    title: "maintenanceMiddleware of /express in front of @react-router/express",
    files: ["test/frameworks/apps/react-router", "test/frameworks/apps/react-router-server"],
    build,
    start: { command: ["node", "server.mjs"] },
  },
];
