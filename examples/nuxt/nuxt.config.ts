export default defineNuxtConfig({
  modules: ["maintenancemode/nuxt"],
  compatibilityDate: "2026-11-01",
  telemetry: false,
});
