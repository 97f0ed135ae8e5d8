import process from "node:process";
import express from "express";
import session from "express-session";
import { maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/express";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

declare module "express-session" {
  interface SessionData {
    isStaff: boolean;
  }
}

const { PORT = "3000", SESSION_SECRET, STAFF_PASSWORD } = process.env;
if (!SESSION_SECRET || !STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

const app = express();
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false }));
app.use(maintenanceMiddleware(maintenance, {
  isStaff: (_request, { req }) => req.session.isStaff === true,
}));
app.get("/", (_req, res) => void res.send("Hello from Express\n"));
app.get("/health", (_req, res) => void res.type("text").send("ok\n"));
app.post("/login", express.urlencoded(), (req, res) => {
  req.session.isStaff = req.body.password === STAFF_PASSWORD;
  res.redirect(303, "/");
});

const server = app.listen(Number(PORT));

// A process that says goodbye is not waited for.
process.on("SIGTERM", () => server.close(() => void state.close()));
