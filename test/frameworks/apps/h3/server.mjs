import { readFile, stat } from "node:fs/promises";
import process from "node:process";
import { plugin as webSockets } from "crossws/server";
import { defineWebSocketHandler, getCookie, getRequestIP, H3, readBody, serve, serveStatic, setCookie } from "h3";
import { guardUpgrade, maintenanceMiddleware } from "maintenancemode/h3";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

const app = new H3();
app.use((event) => {
  event.context.user = userOf(event.req.headers.get("cookie"));
});
app.use(maintenanceMiddleware(maintenance, {
  ...options,
  isStaff: (_request, event) => event.context.user === "staff",
}));
app.use((event) =>
  serveStatic(event, {
    indexNames: [".html"],
    fallthrough: true,
    getContents: (id) => readFile(`public${id}`),
    getMeta: async (id) => {
      const stats = await stat(`public${id}`).catch(() => undefined);
      return stats?.isFile() ? { size: stats.size, mtime: stats.mtimeMs } : undefined;
    },
  })
);
app.get("/", (event) => {
  event.res.headers.set("cache-control", "public, max-age=60");
  event.res.headers.set("content-type", "text/html");
  return "<h1>Hello from the app</h1>";
});
app.get("/health", (event) => health(event.url.search));
app.get("/slow", async () => {
  await hold();
  return "slow\n";
});
app.get("/stream", () => makeStream());
app.post("/echo", (event) => readBody(event, { type: "text" }));
app.get("/facts", (event) => {
  setCookie(event, "app", "1");
  return { ip: getRequestIP(event), cookie: getCookie(event, "probe"), user: event.context.user };
});
app.get("/fail", () => {
  throw new Error("the app fails");
});
app.get("/socket", defineWebSocketHandler({ message: (peer, message) => void peer.send(message.text()) }));

const { PORT, HOST } = process.env;
const server = serve(app, { port: PORT, hostname: HOST, silent: true, plugins: [webSockets({})] });
guardUpgrade(server.node.server, maintenance, options);
