import process from "node:process";
import { Inject, Module, type OnModuleInit } from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import type { ExpressAdapter } from "@nestjs/platform-express";
import type { Request } from "express";
import { MaintenanceModule } from "maintenancemode/nest";
import { maintenance, options, state } from "../kit.mjs";
import { AppController } from "./app.controller.js";

declare global {
  namespace Express {
    interface Request {
      session: { user?: string | undefined };
    }
  }
}

/** Serves static files when it starts, as ServeStaticModule does. */
@Module({})
class StaticModule implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<ExpressAdapter>) {}

  onModuleInit(): void {
    if (process.env.STATIC === "main") return;
    this.host.httpAdapter.useStaticAssets("public", { extensions: ["html"] });
  }
}

@Module({
  imports: [
    StaticModule,
    MaintenanceModule.forRoot({
      ...options,
      maintenance,
      state,
      isStaff: (_request, { req }: { req: Request }) => req.session.user === "staff",
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
