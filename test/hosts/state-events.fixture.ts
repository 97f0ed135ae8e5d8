/**
 * A process that hears of maintenance that begins by the clock, and ends by it. Prints each event, with how many milliseconds
 * after its time it came.
 */
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

// A live state does not keep a process running.
const running = setInterval(() => {}, 60_000);
const state = await liveState(memoryStore(), { counts: "nothing" }).ready;
const events: [event: string, lateMs: number][] = [];
let due = 0;

/** The next event. */
function next(event: "begin" | "end"): Promise<void> {
  return new Promise((resolve) => {
    const forget = state.on(event as "begin", () => (forget(), resolve()));
  });
}

/** An instant that the clock is about to reach. */
function soon(): string {
  due = Date.now() + 500;
  return new Date(due).toISOString();
}

state.on("begin", () => void events.push(["begin", Date.now() - due]));
state.on("end", () => void events.push(["end", Date.now() - due]));

const begun = next("begin");
await state.set({ mode: "on", start: soon() });
await begun;
// It has an end only now: a machine that stands still for long would miss a short window, and nobody can tell of that.
const ended = next("end");
await state.set({ mode: "on", end: soon() });
await ended;
// What came twice would come with the next look at the clock, after a second at the latest.
await new Promise((resolve) => setTimeout(resolve, 1_100));
console.log(JSON.stringify(events));
clearInterval(running);
await state.close();
