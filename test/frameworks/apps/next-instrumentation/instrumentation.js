export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { registerMaintenance } = await import("maintenancemode/next");
  const { maintenance, options, userOf } = await import("./kit.mjs");
  await registerMaintenance(maintenance, {
    ...options,
    isStaff: (request) => userOf(request.headers.get("cookie")) === "staff",
  });
}
