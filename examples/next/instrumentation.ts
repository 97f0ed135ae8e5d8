export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { registerMaintenance } = await import("maintenancemode/next");
  const { maintenance } = await import("./maintenance");
  const { isStaff } = await import("./session");
  await registerMaintenance(maintenance, { isStaff: (request) => isStaff(request.headers.get("cookie")) });
}
