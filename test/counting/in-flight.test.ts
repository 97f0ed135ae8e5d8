import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type Flight, Flights } from "../../src/counting/in-flight.ts";

const request = { method: "GET", url: "/" };
const silent = () => {};

function createFlights() {
  const onDrained = vi.fn();
  const flights = new Flights(onDrained);
  return { flights, onDrained, enter: (look: Flight["look"] = silent) => flights.enter(request, false, look) };
}

describe("Flights", () => {
  test("counts those that entered and did not leave", () => {
    const { flights, enter } = createFlights();
    const [first, second, third] = [enter(), enter(), enter()];
    expect(flights.count()).toEqual({ inFlight: 3, before: 0, streams: 0 });
    flights.leave(second);
    expect(flights.list()).toEqual([first, third]);
    flights.leave(first);
    flights.leave(third);
    expect(flights.list()).toEqual([]);
    expect(flights.count()).toEqual({ inFlight: 0, before: 0, streams: 0 });
  });

  test("leaving or being set apart twice does no harm", () => {
    const { flights, enter } = createFlights();
    const [one, other] = [enter(), enter()];
    flights.leave(one);
    flights.leave(one);
    flights.setApart(one, "upgrade");
    flights.setApart(other, "event-stream");
    flights.setApart(other, "upgrade");
    expect(flights.count()).toEqual({ inFlight: 0, before: 0, streams: 1 });
    expect(other.kind).toBe("event-stream");
    flights.leave(other);
    flights.leave(other);
    expect(flights.count()).toEqual({ inFlight: 0, before: 0, streams: 0 });
  });

  test("a change of the state makes all of them earlier ones", () => {
    const { flights, enter } = createFlights();
    const early = enter();
    flights.turn(true);
    const late = flights.enter(request, true, silent);
    expect(flights.count()).toEqual({ inFlight: 2, before: 1, streams: 0 });
    expect([flights.isFromBefore(early), flights.isFromBefore(late)]).toEqual([true, false]);
    flights.turn(true);
    expect(flights.count().before).toBe(2);
  });

  test("a state that begins by the clock is noticed by whoever enters or asks", () => {
    const { flights, enter } = createFlights();
    enter();
    flights.enter(request, true, silent);
    expect(flights.count()).toMatchObject({ inFlight: 2, before: 1 });
    flights.sync(true);
    expect(flights.count().before).toBe(1);
    flights.sync(false);
    expect(flights.count().before).toBe(2);
  });

  test("tells once when the last one from before has left or is set apart", () => {
    const { flights, onDrained, enter } = createFlights();
    const [one, other] = [enter(), enter()];
    flights.leave(enter());
    flights.turn(true);
    flights.leave(flights.enter(request, true, silent));
    flights.leave(one);
    expect(onDrained).not.toHaveBeenCalled();
    flights.setApart(other, "event-stream");
    expect(onDrained).toHaveBeenCalledTimes(1);
    flights.leave(other);
    expect(onDrained).toHaveBeenCalledTimes(1);
  });

  test("looks before it says, and tells of what it found when the numbers are right", () => {
    let drained: unknown;
    const flights: Flights = new Flights(() => drained = flights.count());
    let isOver = false;
    const look = (flight: Flight) => isOver && flights.leave(flight);
    for (let i = 0; i < 3; i++) flights.enter(request, false, look);
    flights.turn(true);
    const stays = flights.enter(request, true, silent);
    expect(flights.count()).toEqual({ inFlight: 4, before: 3, streams: 0 });
    isOver = true;
    expect(flights.list()).toEqual([stays]);
    expect(drained).toEqual({ inFlight: 1, before: 0, streams: 0 });
  });

  test("needs to be asked while there are any", () => {
    const { flights, enter } = createFlights();
    expect(flights.needsSweep).toBe(false);
    const flight = enter();
    expect(flights.needsSweep).toBe(true);
    flights.leave(flight);
    expect(flights.needsSweep).toBe(false);
  });

  test("those that finish in silence do not pile up, at a bounded number of looks each", () => {
    const { flights, enter } = createFlights();
    const open = new Set<Flight>();
    let looks = 0;
    let most = 0;
    let noted = 0;
    const look = (flight: Flight) => {
      looks++;
      if (open.has(flight)) return;
      noted--;
      flights.leave(flight);
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
    expect(flights.count()).toEqual({ inFlight: 0, before: 0, streams: 0 });
  });

  test("agrees with a slow model, whatever happens", () => {
    const step = fc.tuple(fc.constantFrom("enter", "leave", "apart", "turn", "finish"), fc.nat(9), fc.boolean());
    fc.assert(fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      let drained = 0;
      let expected = 0;
      const flights = new Flights(() => drained++);
      const finished = new Set<Flight>();
      let open: { flight: Flight; before: boolean; apart: boolean }[] = [];
      let isInForce = false;
      const before = () => open.filter(({ before, apart }) => before && !apart).length;
      for (const [what, index, flag] of steps) {
        const had = before();
        const entry = open[index];
        if (what === "turn") {
          flights.turn(isInForce = flag);
          for (const entry of open) entry.before = true;
          continue;
        }
        if (what === "enter") {
          if (flag !== isInForce) { for (const entry of open) entry.before = true; }
          isInForce = flag;
          const flight = flights.enter(request, flag, (flight) => finished.has(flight) && flights.leave(flight));
          open.push({ flight, before: false, apart: false });
        } else if (entry === undefined) {
          continue;
        } else if (what === "apart") {
          flights.setApart(entry.flight, "upgrade");
          entry.apart = true;
        } else {
          if (what === "leave") flights.leave(entry.flight);
          else finished.add(entry.flight);
          open = open.filter((other) => other !== entry);
        }
        if (what !== "enter" && had > 0 && before() === 0) expected++;
        expect(flights.count()).toEqual({
          inFlight: open.filter(({ apart }) => !apart).length,
          before: before(),
          streams: open.filter(({ apart }) => apart).length,
        });
        expect(flights.list()).toEqual(open.map(({ flight }) => flight));
        expect(drained).toBe(expected);
      }
    }));
  });
});
