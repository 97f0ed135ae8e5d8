/** What tests of claims share. */
import { liveState } from "maintenancemode/state";
import { memoryStore } from "maintenancemode/stores/memory";
import type { Table } from "./_pages.ts";

/** A column of a table. */
export function column(table: Table, at: number): string[] {
  return table.rows.map((row) => row[at]!);
}

/** The value of an expression in a table, for which these names stand for something. */
export function evaluate(expression: string): unknown {
  const live = expression.includes("live") ? liveState(memoryStore()) : undefined;
  void live?.close();
  return new Function("flag", "hasSession", "live", `return (${expression});`)(false, () => false, live);
}

/** The error that something throws. */
export function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}

/** Its message. */
export function messageOf(action: () => unknown): string {
  return thrownBy(action).message;
}
