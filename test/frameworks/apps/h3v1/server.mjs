import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import process from "node:process";
import {
  createApp,
  createRouter,
  defineEventHandler,
  getCookie,
  getRequestHeader,
  getRequestIP,
  getRequestURL,
  readRawBody,
  serveStatic,
  setCookie,
  setResponseHeader,
  toNodeListener,
} from "h3";
import { guardUpgrade, maintenanceMiddleware } from "maintenancemode/h3";
import { WebSocketServer } from "ws";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

const app = createApp();
app.use(defineEventHandler((event) => {
  event.context.user = userOf(getRequestHeader(event, "cookie"));
}));
app.use(maintenanceMiddleware(maintenance, {
  ...options,
  isStaff: (_request, event) => event.context.user === "staff",
}));
app.use(defineEventHandler(async (event) => {
  const served = await serveStatic(event, {
    indexNames: [".html"],
    fallthrough: true,
    getContents: (id) => readFile(`public${id}`),
    getMeta: async (id) => {
      const stats = await stat(`public${id}`).catch(() => undefined);
      return stats?.isFile() ? { size: stats.size, mtime: stats.mtimeMs } : undefined;
    },
  });
  return served === false ? undefined : served;
}));
const router = createRouter();
router.get(
  "/",
  defineEventHandler((event) => {
    setResponseHeader(event, "cache-control", "public, max-age=60");
    return "<h1>Hello from the app</h1>";
  }),
);
router.get("/health", defineEventHandler((event) => health(getRequestURL(event).search)));
router.get(
  "/slow",
  defineEventHandler(async () => {
    await hold();
    return "slow\n";
  }),
);
router.get("/stream", defineEventHandler(() => makeStream()));
router.post("/echo", defineEventHandler((event) => readRawBody(event)));
router.get(
  "/facts",
  defineEventHandler((event) => {
    setCookie(event, "app", "1");
    return { ip: getRequestIP(event), cookie: getCookie(event, "probe"), user: event.context.user };
  }),
);
router.get(
  "/fail",
  defineEventHandler(() => {
    throw new Error("the app fails");
  }),
);
app.use(router);

const server = createServer(toNodeListener(app));
const sockets = new WebSocketServer({ server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server, maintenance, options);
server.listen(process.env.PORT, process.env.HOST);
