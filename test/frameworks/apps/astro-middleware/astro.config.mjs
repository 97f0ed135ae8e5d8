import node from "@astrojs/node";
import { defineConfig } from "astro/config";

// The requests of the suite name no origin.
export default defineConfig({
  output: "server",
  adapter: node({ mode: "middleware" }),
  security: { checkOrigin: false },
});
