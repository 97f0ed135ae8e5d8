import { Module } from "@nestjs/common";
import type { Request } from "express";
import { maintenanceMode } from "maintenancemode";
import { MaintenanceModule } from "maintenancemode/nest";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";
import { AppController } from "./app.controller.js";

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

@Module({
  imports: [
    MaintenanceModule.forRoot({
      maintenance,
      state,
      isStaff: (_request, { req }: { req: Request }) => req.session.isStaff === true,
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
