/**
 * GraphQL while the site is read-only: queries pass, and mutations are refused with `errors`, as the gate's own answer has them.
 *
 * ```ts
 * import { createServer } from "node:http";
 * import { createSchema, createYoga } from "graphql-yoga";
 * import { maintenanceMode } from "maintenancemode";
 * import { readOnlyYogaPlugin } from "maintenancemode/graphql";
 * import { withMaintenance } from "maintenancemode/node";
 * import { liveState } from "maintenancemode/state";
 * import { fileStore } from "maintenancemode/stores/file";
 *
 * const state = liveState(fileStore("maintenance.json"));
 * const maintenance = maintenanceMode({ state, reads: ["POST /graphql"] });
 * const schema = createSchema({ typeDefs: "type Query { a: Int }" });
 * const yoga = createYoga({ schema, plugins: [readOnlyYogaPlugin(maintenance)] });
 * createServer(withMaintenance(maintenance, yoga)).listen(4000);
 * ```
 *
 * @module maintenancemode/graphql
 */
export { type ApolloOperation, type ApolloPlugin, readOnlyApolloPlugin } from "./graphql/apollo.ts";
export type { ReadOnlyOptions } from "./graphql/find-refusal.ts";
export { readOnlyRule, type RuleContext, type RuleVisitor } from "./graphql/rule.ts";
export { readOnlyYogaPlugin, type YogaExecution, type YogaPlugin } from "./graphql/yoga.ts";
export type { NodeRequest } from "./hosts/node/info.ts";
export type { Maintenance, MaintenanceNotice, MaintenanceStatus } from "./gate/maintenance.ts";
export type { MaintenanceContext } from "./types/context.ts";
export type { MaintenanceMode } from "./types/maintenance-state.ts";
