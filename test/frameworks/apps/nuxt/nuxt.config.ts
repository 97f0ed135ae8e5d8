export default defineNuxtConfig({
  modules: ["maintenancemode/nuxt"],
  compatibilityDate: "2026-11-01",
  telemetry: false,
  devtools: { enabled: false },
  routeRules: {
    "/": { headers: { "cache-control": "public, max-age=60" } },
    "/prerendered": { prerender: true },
  },
  nitro: { experimental: { websocket: true } },
});
