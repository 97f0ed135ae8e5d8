import { createServer } from "node:http";
import process from "node:process";
import { Readable } from "node:stream";
import express from "express";
import { guardUpgrade, maintenanceMiddleware } from "maintenancemode/express";
import { WebSocketServer } from "ws";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

const app = express();
app.set("trust proxy", false);
app.use((req, _res, next) => {
  req.session = { user: userOf(req.headers.cookie) };
  next();
});
app.use(maintenanceMiddleware(maintenance, {
  ...options,
  isStaff: (_request, { req }) => req.session.user === "staff",
}));
app.use(express.static("public", { cacheControl: false, extensions: ["html"] }));
app.get("/", (_req, res) => void res.set("Cache-Control", "public, max-age=60").send("<h1>Hello from the app</h1>"));
app.get("/health", (req, res) => void res.type("text").send(health(new URL(req.url, "http://localhost").search)));
app.get("/slow", async (_req, res) => {
  await hold();
  res.send("slow\n");
});
app.get("/stream", (_req, res) => void Readable.fromWeb(makeStream()).pipe(res));
app.post("/echo", express.text({ limit: "1mb" }), (req, res) => void res.send(req.body));
app.get("/facts", (req, res) => {
  const cookie = /probe=(\w+)/.exec(req.get("cookie"))?.[1];
  res.cookie("app", "1").json({ ip: req.ip, cookie, user: req.session.user });
});
app.get("/fail", () => {
  throw new Error("the app fails");
});

const server = createServer(app);
const sockets = new WebSocketServer({ server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server, maintenance, options);
server.listen(process.env.PORT, process.env.HOST);
