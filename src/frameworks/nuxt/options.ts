import { invalidOption } from "../../util/errors.ts";
import type { Nuxt, NuxtMaintenanceOptions } from "./nuxt.ts";

const TASK = "add the module to Nuxt";

/** Refuses what is no Nuxt 3 or 4. */
export function checkNuxt(nuxt: Nuxt): void {
  const hasAll = typeof nuxt?.hook === "function" && Array.isArray(nuxt.options?.build?.templates) &&
    typeof nuxt.options.runtimeConfig === "object";
  if (hasAll) return;
  const hint = 'write modules: ["maintenancemode/nuxt"] in nuxt.config.ts of Nuxt 3 or later';
  throw invalidOption(TASK, "nuxt", "a build of Nuxt 3 or later", nuxt, hint);
}

/**
 * The options that the server reads to make the gate.
 *
 * @param own The file in which the app makes its gate itself, if there is one.
 * @returns `undefined` if the app makes it.
 */
export function gateOptions(
  { statusUrl, ...options }: NuxtMaintenanceOptions,
  own: string | undefined,
): Record<string, unknown> | undefined {
  if (statusUrl !== undefined && statusUrl !== false && !(typeof statusUrl === "string" && /^\/./.test(statusUrl))) {
    throw invalidOption(TASK, "maintenance.statusUrl", 'false or a path such as "/_maintenance"', statusUrl);
  }
  for (const [name, value] of Object.entries(options)) {
    if (own !== undefined) {
      throw invalidOption(TASK, `maintenance.${name}`, "left out", value, `${own} makes the gate: write it there`);
    }
    if (isJson(value)) continue;
    const hint = "export maintenancePlugin(maintenanceMode({ … }), { … }) from server/maintenance.ts instead";
    throw invalidOption(TASK, `maintenance.${name}`, "something that can be written as JSON", value, hint);
  }
  if (own !== undefined) return undefined;
  const { store = "maintenance.json" } = options;
  if (typeof store !== "string" || store === "") {
    throw invalidOption(TASK, "maintenance.store", "the path of a file", store);
  }
  return { ...options, store: store.replace(/^file:(?!\/\/)/, "") };
}

function isJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== "object" || value === null) return ["string", "number", "boolean"].includes(typeof value);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson);
}
