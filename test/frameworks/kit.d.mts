import type { Maintenance } from "maintenancemode";
import type { LiveState } from "maintenancemode/state";

export const state: LiveState;
export const maintenance: Maintenance;
export const options: { trustProxy: string[] };
export function hold(): Promise<void>;
export function health(query: string | undefined): string;
export function userOf(cookies: string | null | undefined): "staff" | undefined;
export function makeStream(): ReadableStream<Uint8Array<ArrayBuffer>>;
