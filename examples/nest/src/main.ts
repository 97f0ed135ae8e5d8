import process from "node:process";
import { NestFactory } from "@nestjs/core";
import session from "express-session";
import { AppModule } from "./app.module.js";

const { PORT = "3000", SESSION_SECRET } = process.env;
if (!SESSION_SECRET) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

const app = await NestFactory.create(AppModule);
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false }));
// A process that says goodbye is not waited for.
app.enableShutdownHooks();
await app.listen(PORT);
