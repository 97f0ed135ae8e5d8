import process from "node:process";
import { Body, Controller, Get, Header, Post, Redirect, Session } from "@nestjs/common";
import type { SessionData } from "express-session";

declare module "express-session" {
  interface SessionData {
    isStaff: boolean;
  }
}

const { STAFF_PASSWORD } = process.env;
if (!STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

@Controller()
export class AppController {
  @Get()
  home(): string {
    return "Hello from Nest\n";
  }

  @Get("health")
  @Header("Content-Type", "text/plain")
  health(): string {
    return "ok\n";
  }

  @Post("login")
  @Redirect("/", 303)
  logIn(@Body("password") password: string, @Session() session: SessionData): void {
    session.isStaff = password === STAFF_PASSWORD;
  }
}
