import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import process from "node:process";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import Koa from "koa";
import { guardUpgrade, maintenanceMiddleware } from "maintenancemode/koa";
import { WebSocketServer } from "ws";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

const app = new Koa();
app.silent = true;
// The answers of the gate pass through middleware in front of it as well.
app.use(async (ctx, next) => {
  await next();
  ctx.set("X-Status", String(ctx.status));
});
app.use((ctx, next) => {
  ctx.session = { user: userOf(ctx.get("cookie")) };
  return next();
});
app.use(maintenanceMiddleware(maintenance, { ...options, isStaff: (_request, ctx) => ctx.session.user === "staff" }));

const routes = {
  "/": (ctx) => {
    ctx.set("Cache-Control", "public, max-age=60");
    ctx.body = "<h1>Hello from the app</h1>";
  },
  "/health": (ctx) => void (ctx.body = health(ctx.querystring)),
  "/slow": async (ctx) => {
    await hold();
    ctx.body = "slow\n";
  },
  "/stream": (ctx) => void (ctx.body = Readable.fromWeb(makeStream())),
  "/echo": async (ctx) => void (ctx.body = await text(ctx.req)),
  "/facts": (ctx) => {
    ctx.cookies.set("app", "1");
    ctx.body = { ip: ctx.ip, cookie: ctx.cookies.get("probe"), user: ctx.session.user };
  },
  "/fail": () => {
    throw new Error("the app fails");
  },
  "/asset.txt": (ctx) => void (ctx.body = createReadStream("public/asset.txt")),
  "/prerendered": (ctx) => {
    ctx.type = "html";
    ctx.body = createReadStream("public/prerendered.html");
  },
};
app.use((ctx, next) => Object.hasOwn(routes, ctx.path) ? routes[ctx.path](ctx) : next());

const server = createServer(app.callback());
const sockets = new WebSocketServer({ server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server, maintenance, options);
server.listen(process.env.PORT, process.env.HOST);
