/** What the module generates into the build of an app. */

/**
 * The module that a gate needs where Node has no URLPattern, before version 24: a bundle cannot load the polyfill by itself.
 * It exports what it has done, since Nitro drops modules from which nothing is used.
 */
export function polyfillModule(file: string): string {
  return `import { URLPattern } from ${JSON.stringify(file)};

export const urlPattern = globalThis.URLPattern ??= URLPattern;
`;
}

/** The plugin of Nitro. It imports nothing of this entry: Nuxt lets no server import a module. */
export function serverPlugin(own: string | undefined, statusUrl: string | false): string {
  return `import { urlPattern } from "./polyfill.mjs";
${own === undefined ? GATE : gateOf(own)}
export default (nitroApp) => {
  globalThis.URLPattern ??= urlPattern;
  plugin(nitroApp);${statusUrl === false ? "" : statusLayer(statusUrl)}
};
`;
}

function gateOf(own: string): string {
  return `import plugin from ${JSON.stringify(own)};

if (plugin?.maintenance === undefined) {
  throw new TypeError(
    "Cannot start the server: server/maintenance must export what maintenancePlugin() of maintenancemode/nitro returns, by default",
  );
}
`;
}

const GATE = `import { maintenanceMode } from "maintenancemode";
import { maintenancePlugin } from "maintenancemode/nitro";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";
import { useRuntimeConfig } from "nitropack/runtime";

const { store, trustProxy, forwardedHeader, ...options } = JSON.parse(JSON.stringify(useRuntimeConfig().maintenance));
const state = liveState(fileStore(store));
const plugin = maintenancePlugin(maintenanceMode({ ...options, state }), {
  ...trustProxy && { trustProxy },
  ...forwardedHeader && { forwardedHeader },
});
`;

/** A layer in front of the gate: a front end asks exactly while the site is closed. */
function statusLayer(statusUrl: string): string {
  return `
  const handler = ({ path, method, headers }) => {
    if (!/^\\/?(?:\\?|$)/.test(path)) return;
    const url = "http://" + headers.get("host");
    return plugin.maintenance.status(new Request(URL.canParse(url) ? url : "http://localhost/", { method, headers }));
  };
  nitroApp.h3App.stack.unshift({
    route: ${JSON.stringify(statusUrl)},
    handler: Object.assign(handler, { __is_handler__: true }),
  });`;
}

/** The composable. */
export function composable(statusUrl: string): string {
  return `import type { MaintenanceStatus } from "maintenancemode";
import { computed, type ComputedRef, onMounted, onUnmounted, type Ref } from "vue";
import { useFetch, useRequestHeaders } from "#imports";

/** What {@link useMaintenance} returns. */
export interface UseMaintenance {
  /** The mode right now: \`"off"\`, \`"read-only"\` or \`"on"\`. */
  mode: ComputedRef<MaintenanceStatus["mode"]>;
  /** All that the public may know: mode, phase, start, end, reason. */
  status: Ref<MaintenanceStatus>;
  /** Asks the server again. */
  refresh: () => Promise<void>;
}

/**
 * Tells of maintenance, as it was when the page was rendered, or when the server was asked last.
 *
 * @param options With \`everyMs\` the browser asks the server again and again while the component is mounted.
 */
export function useMaintenance(options: { everyMs?: number } = {}): UseMaintenance {
  const { data, refresh } = useFetch<MaintenanceStatus>(${JSON.stringify(statusUrl)}, {
    key: "maintenance",
    headers: useRequestHeaders(["accept-language"]),
    // A page that was rendered at build time asks in the browser.
    server: !import.meta.prerender,
    default: (): MaintenanceStatus => ({ mode: "off", phase: "off" }),
  });
  const { everyMs } = options;
  if (everyMs !== undefined) {
    let timer: ReturnType<typeof setInterval> | undefined;
    onMounted(() => {
      timer = setInterval(() => void refresh(), everyMs);
    });
    onUnmounted(() => clearInterval(timer));
  }
  const status = data as Ref<MaintenanceStatus>;
  return { mode: computed(() => status.value.mode), status, refresh: () => refresh() };
}
`;
}
