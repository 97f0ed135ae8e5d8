import node from "@astrojs/node";
import { defineConfig } from "astro/config";
import { maintenanceIntegration } from "maintenancemode/astro";

// The requests of the suite name no origin.
export default defineConfig({
  output: "server",
  adapter: node({ mode: "standalone" }),
  security: { checkOrigin: false },
  integrations: [maintenanceIntegration({ entrypoint: "./src/maintenance.js" })],
});
