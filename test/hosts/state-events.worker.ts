/** A Worker that hears of maintenance. Nothing runs between its requests: only they can tell that it has begun. */
import { withMaintenance } from "../../src/hosts/cloudflare.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const state = liveState(memoryStore());
const maintenance = maintenanceMode({ state, ignoreUrls: ["/*"] });
const events: string[] = [];
state.on("begin", () => void events.push("begin"));
state.on("end", () => void events.push("end"));

async function app({ url }: Request): Promise<Response> {
  const soon = new Date(Date.now() + 500).toISOString();
  const { pathname } = new URL(url);
  if (pathname === "/start-soon") await state.set({ mode: "on", start: soon });
  if (pathname === "/end-soon") await state.set({ mode: "on", end: soon });
  return Response.json(events);
}

export default { fetch: withMaintenance(maintenance, app) };
