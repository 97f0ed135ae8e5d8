import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { RequestTracker, type TrackedRequest } from "../../src/counting/in-flight.ts";

/** What is in force. */
const IN_FORCE = {};

const request = { method: "GET", url: "/" };
const silent = () => {};

function createFlights() {
  const onDrained = vi.fn();
  const tracker = new RequestTracker(onDrained);
  return {
    tracker,
    onDrained,
    enter: (look: TrackedRequest["look"] = silent) => tracker.enter(request, undefined, look),
  };
}

describe("RequestTracker", () => {
  test("counts those that entered and did not leave", () => {
    const { tracker, enter } = createFlights();
    const [first, second, third] = [enter(), enter(), enter()];
    expect(tracker.count()).toEqual({ inFlight: 3, before: 0, streams: 0 });
    tracker.leave(second);
    expect(tracker.list()).toEqual([first, third]);
    tracker.leave(first);
    tracker.leave(third);
    expect(tracker.list()).toEqual([]);
    expect(tracker.count()).toEqual({ inFlight: 0, before: 0, streams: 0 });
  });

  test("leaving or being set apart twice does no harm", () => {
    const { tracker, enter } = createFlights();
    const [one, other] = [enter(), enter()];
    tracker.leave(one);
    tracker.leave(one);
    tracker.markAsStream(one, "upgrade");
    tracker.markAsStream(other, "event-stream");
    tracker.markAsStream(other, "upgrade");
    expect(tracker.count()).toEqual({ inFlight: 0, before: 0, streams: 1 });
    expect(other.kind).toBe("event-stream");
    tracker.leave(other);
    tracker.leave(other);
    expect(tracker.count()).toEqual({ inFlight: 0, before: 0, streams: 0 });
  });

  test("a change of the state makes all of them earlier ones", () => {
    const { tracker, enter } = createFlights();
    const early = enter();
    tracker.turn(IN_FORCE);
    const late = tracker.enter(request, IN_FORCE, silent);
    expect(tracker.count()).toEqual({ inFlight: 2, before: 1, streams: 0 });
    expect([tracker.isFromBefore(early), tracker.isFromBefore(late)]).toEqual([true, false]);
    tracker.turn(IN_FORCE);
    expect(tracker.count().before).toBe(2);
  });

  test("a state that begins by the clock is noticed by whoever enters or asks", () => {
    const { tracker, enter } = createFlights();
    enter();
    tracker.enter(request, IN_FORCE, silent);
    expect(tracker.count()).toMatchObject({ inFlight: 2, before: 1 });
    tracker.sync(IN_FORCE);
    expect(tracker.count().before).toBe(1);
    tracker.sync(undefined);
    expect(tracker.count().before).toBe(2);
  });

  test("tells once when the last one from before has left or is set apart", () => {
    const { tracker, onDrained, enter } = createFlights();
    const [one, other] = [enter(), enter()];
    tracker.leave(enter());
    tracker.turn(IN_FORCE);
    tracker.leave(tracker.enter(request, IN_FORCE, silent));
    tracker.leave(one);
    expect(onDrained).not.toHaveBeenCalled();
    tracker.markAsStream(other, "event-stream");
    expect(onDrained).toHaveBeenCalledTimes(1);
    tracker.leave(other);
    expect(onDrained).toHaveBeenCalledTimes(1);
  });

  test("looks before it says, and tells of what it found when the numbers are right", () => {
    let drained: unknown;
    const tracker: RequestTracker = new RequestTracker(() => drained = tracker.count());
    let isOver = false;
    const look = (tracked: TrackedRequest) => isOver && tracker.leave(tracked);
    for (let i = 0; i < 3; i++) tracker.enter(request, undefined, look);
    tracker.turn(IN_FORCE);
    const stays = tracker.enter(request, IN_FORCE, silent);
    expect(tracker.count()).toEqual({ inFlight: 4, before: 3, streams: 0 });
    isOver = true;
    expect(tracker.list()).toEqual([stays]);
    expect(drained).toEqual({ inFlight: 1, before: 0, streams: 0 });
  });

  test("needs to be asked while there are any", () => {
    const { tracker, enter } = createFlights();
    expect(tracker.needsSweep).toBe(false);
    const tracked = enter();
    expect(tracker.needsSweep).toBe(true);
    tracker.leave(tracked);
    expect(tracker.needsSweep).toBe(false);
  });

  test("those that finish in silence do not pile up, at a bounded number of looks each", () => {
    const { tracker, enter } = createFlights();
    const open = new Set<TrackedRequest>();
    let looks = 0;
    let most = 0;
    let noted = 0;
    const look = (tracked: TrackedRequest) => {
      looks++;
      if (open.has(tracked)) return;
      noted--;
      tracker.leave(tracked);
    };
    for (let i = 0; i < 100_000; i++) {
      open.add(enter(look));
      noted++;
      most = Math.max(most, noted);
      // A hundred at a time are at work.
      if (open.size > 100) { for (const first of open) if (open.delete(first)) break; }
    }
    expect(most).toBeLessThan(300);
    expect(looks).toBeLessThan(300_000);
    open.clear();
    expect(tracker.count()).toEqual({ inFlight: 0, before: 0, streams: 0 });
  });

  test("agrees with a slow model, whatever happens", () => {
    const step = fc.tuple(fc.constantFrom("enter", "leave", "apart", "turn", "finish"), fc.nat(9), fc.boolean());
    fc.assert(fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      let drained = 0;
      let expected = 0;
      const tracker = new RequestTracker(() => drained++);
      const finished = new Set<TrackedRequest>();
      let open: { tracked: TrackedRequest; before: boolean; apart: boolean }[] = [];
      let isInForce = false;
      const before = () => open.filter(({ before, apart }) => before && !apart).length;
      for (const [what, index, flag] of steps) {
        const had = before();
        const entry = open[index];
        if (what === "turn") {
          isInForce = flag;
          tracker.turn(flag ? IN_FORCE : undefined);
          for (const entry of open) entry.before = true;
          continue;
        }
        if (what === "enter") {
          if (flag !== isInForce) { for (const entry of open) entry.before = true; }
          isInForce = flag;
          const tracked = tracker.enter(
            request,
            flag ? IN_FORCE : undefined,
            (tracked) => finished.has(tracked) && tracker.leave(tracked),
          );
          open.push({ tracked, before: false, apart: false });
        } else if (entry === undefined) {
          continue;
        } else if (what === "apart") {
          tracker.markAsStream(entry.tracked, "upgrade");
          entry.apart = true;
        } else {
          if (what === "leave") tracker.leave(entry.tracked);
          else finished.add(entry.tracked);
          open = open.filter((other) => other !== entry);
        }
        if (what !== "enter" && had > 0 && before() === 0) expected++;
        expect(tracker.count()).toEqual({
          inFlight: open.filter(({ apart }) => !apart).length,
          before: before(),
          streams: open.filter(({ apart }) => apart).length,
        });
        expect(tracker.list()).toEqual(open.map(({ tracked }) => tracked));
        expect(drained).toBe(expected);
      }
    }));
  });
});
