import node from "@astrojs/node";
import { defineConfig } from "astro/config";
import { maintenanceIntegration } from "maintenancemode/astro";

export default defineConfig({
  output: "server",
  adapter: node({ mode: "standalone" }),
  integrations: [maintenanceIntegration({ entrypoint: "./src/maintenance.ts" })],
});
