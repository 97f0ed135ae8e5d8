import process from "node:process";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { NextFunction, Request, Response } from "express";
import { MAINTENANCE_MIDDLEWARE } from "maintenancemode/nest";
import { WebSocketServer } from "ws";
import { userOf } from "../kit.mjs";
import { AppModule } from "./app.module.js";

const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ["error", "warn"] });
app.use((req: Request, _res: Response, next: NextFunction) => {
  req.session = { user: userOf(req.headers.cookie) };
  next();
});
if (process.env.STATIC === "main") {
  app.use(app.get(MAINTENANCE_MIDDLEWARE));
  app.useStaticAssets("public", { extensions: ["html"] });
}
app.useBodyParser("text", { limit: "1mb" });
const sockets = new WebSocketServer({ server: app.getHttpServer(), path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
app.enableShutdownHooks();
await app.listen(process.env.PORT!, process.env.HOST!);
