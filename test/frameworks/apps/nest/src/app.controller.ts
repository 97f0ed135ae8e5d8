import { Readable } from "node:stream";
import { Body, Controller, Get, Header, HttpCode, Post, Req, Res, StreamableFile } from "@nestjs/common";
import type { Request, Response } from "express";
import { health, hold, makeStream } from "../kit.mjs";

@Controller()
export class AppController {
  @Get()
  @Header("Content-Type", "text/html")
  @Header("Cache-Control", "public, max-age=60")
  home(): string {
    return "<h1>Hello from the app</h1>";
  }

  @Get("health")
  @Header("Content-Type", "text/plain")
  health(@Req() req: Request): string {
    return health(new URL(req.url, "http://localhost").search);
  }

  @Get("slow")
  async slow(): Promise<string> {
    await hold();
    return "slow\n";
  }

  @Get("stream")
  stream(): StreamableFile {
    return new StreamableFile(Readable.fromWeb(makeStream() as never));
  }

  @Post("echo")
  @HttpCode(200)
  @Header("Content-Type", "text/plain")
  echo(@Body() body: string): string {
    return body;
  }

  @Get("facts")
  facts(@Req() req: Request, @Res({ passthrough: true }) res: Response): object {
    res.cookie("app", "1");
    return { ip: req.ip, cookie: /probe=(\w+)/.exec(req.get("cookie") ?? "")?.[1], user: req.session.user };
  }

  @Get("fail")
  fail(): never {
    throw new Error("the app fails");
  }
}
