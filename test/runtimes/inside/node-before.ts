// The core alone: what @whatwg-node/server, which /node stands on, adds to older Nodes is its own business.
import { addedGlobals, hasUrlPattern } from "./before.ts";
import "maintenancemode";

export { hasUrlPattern };

/** The names that importing the core has added to the global object. */
export const addedByCore: readonly string[] = addedGlobals();
