import process from "node:process";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { maintenancePlugin } from "maintenancemode/vite";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

const findUser = ({ middlewares }) => {
  middlewares.use((req, _res, next) => {
    req.session = { user: userOf(req.headers.cookie) };
    next();
  });
};

const routes = {
  "GET /": (_req, res) => res.setHeader("Cache-Control", "public, max-age=60").end("<h1>Hello from the app</h1>"),
  "GET /health": (req, res) => res.end(health(new URL(req.url, "http://localhost").search)),
  "GET /slow": (_req, res) => void hold().then(() => res.end("slow\n")),
  "GET /stream": (_req, res) => void Readable.fromWeb(makeStream()).pipe(res),
  "POST /echo": (req, res) => void buffer(req).then((body) => res.end(body)),
  "GET /facts"({ headers, session, socket }, res) {
    const cookie = /probe=(\w+)/.exec(headers.cookie)?.[1];
    res.setHeader("Set-Cookie", "app=1");
    res.end(JSON.stringify({ ip: socket.remoteAddress, cookie, user: session.user }));
  },
  "GET /fail": (_req, _res, next) => next(new Error("the app fails")),
  "GET /prerendered": (_req, res) => res.end(readFileSync("public/prerendered.html")),
};

const serveRoutes = ({ middlewares }) => {
  middlewares.use((req, res, next) => {
    const route = routes[`${req.method === "HEAD" ? "GET" : req.method} ${req.url.split("?")[0]}`];
    if (route === undefined) return next();
    res.setHeader("Content-Type", "text/html");
    route(req, res, next);
  });
};

// With Vite's CORS, it answers OPTIONS before any plugin.
const listen = { cors: false, host: process.env.HOST, port: Number(process.env.PORT), strictPort: true };

export default {
  appType: "custom",
  server: listen,
  preview: listen,
  build: { rolldownOptions: { input: "main.js" } },
  plugins: [
    { name: "session", enforce: "pre", configureServer: findUser, configurePreviewServer: findUser },
    maintenancePlugin(maintenance, { ...options, isStaff: (_request, { req }) => req.session.user === "staff" }),
    { name: "routes", configureServer: serveRoutes, configurePreviewServer: serveRoutes },
  ],
};
