import { createServer } from "node:http";
import process from "node:process";
import { Readable } from "node:stream";
import connect from "connect";
import { guardUpgrade, maintenanceMiddleware } from "maintenancemode/connect";
import serveStatic from "serve-static";
import { WebSocketServer } from "ws";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

const app = connect();
app.use((req, _res, next) => {
  req.session = { user: userOf(req.headers.cookie) };
  next();
});
app.use(maintenanceMiddleware(maintenance, {
  ...options,
  isStaff: (_request, { req }) => req.session.user === "staff",
}));
app.use(serveStatic("public", { cacheControl: false, extensions: ["html"], index: false }));
app.use("/health", (req, res) => res.end(health(new URL(req.url, "http://localhost").search)));
app.use("/slow", async (_req, res) => {
  await hold();
  res.end("slow\n");
});
app.use("/stream", (_req, res) => void Readable.fromWeb(makeStream()).pipe(res));
app.use("/echo", (req, res) => void req.pipe(res));
app.use("/facts", (req, res) => {
  const cookie = /probe=(\w+)/.exec(req.headers.cookie)?.[1];
  res.setHeader("Set-Cookie", "app=1");
  res.end(JSON.stringify({ ip: req.socket.remoteAddress, cookie, user: req.session.user }));
});
app.use("/fail", () => {
  throw new Error("the app fails");
});
// Connect mounts by the beginning of a path, and knows no route for one alone.
app.use((req, res, next) => {
  if (new URL(req.url, "http://localhost").pathname !== "/") return next();
  res.setHeader("Content-Type", "text/html");
  res.setHeader("Cache-Control", "public, max-age=60");
  res.end("<h1>Hello from the app</h1>");
});

const server = createServer(app);
const sockets = new WebSocketServer({ server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server, maintenance, options);
server.listen(process.env.PORT, process.env.HOST);
