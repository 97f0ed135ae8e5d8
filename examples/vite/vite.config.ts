import process from "node:process";
import { maintenanceMode } from "maintenancemode";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";
import { maintenancePlugin } from "maintenancemode/vite";
import { defineConfig } from "vite";

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state });
const port = Number(process.env.PORT ?? 3000);

export default defineConfig({
  plugins: [maintenancePlugin(maintenance)],
  server: { port, strictPort: true },
  preview: { port, strictPort: true },
});
