import { expect, test, vi } from "vitest";
import { memoryStore } from "../../src/stores/memory.ts";
import { describeProcess } from "../../src/state/this-process.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";
import { modeOf, open } from "./_live.ts";
import { until } from "./_stores.ts";

test("during() does not end the maintenance of another one that says the same", async () => {
  const store = memoryStore();
  const errors: string[] = [];
  const onError = (error: unknown) => void errors.push((error as Error).message);
  const [one, two] = [open(store, { onError }), open(store, { onError })];
  await Promise.all([one.ready, two.ready]);
  let finishFirst = () => {};
  const first = one.during({ reason: "Deploy" }, () => new Promise<void>((resolve) => finishFirst = resolve));
  await until(() => modeOf(two) === "on");
  const modes = await two.during({ reason: "Deploy" }, async () => {
    finishFirst();
    await first;
    return [modeOf(one), modeOf(two)];
  });
  expect(modes).toEqual(["on", "on"]);
  // Nobody else has changed the state.
  expect(errors).toEqual([]);
  expect(modeOf(two)).toBe("off");
});

test("during() refuses a store that cannot tell when all processes have followed", async () => {
  const { instances: _, ...store } = memoryStore();
  const state = open(store);
  await expect(state.during({}, () => {})).rejects.toThrow("keeps no records of processes");
  expect(modeOf(state)).toBe("off");
});

test("during() runs under maintenance and switches it off afterwards", async () => {
  const state = open(memoryStore());
  await state.ready;
  const seen: MaintenanceState[] = [];
  const result = await state.during({ reason: "Migration" }, () => {
    seen.push(state.current);
    return 42;
  });
  expect(result).toBe(42);
  expect(seen).toMatchObject([{
    mode: "on",
    reason: "Migration",
    owner: expect.stringMatching(/^during\(\) \d+@\S+ \w+$/),
  }]);
  expect(state.current).toEqual({ mode: "off" });
});

test("during() still switches off what an editor has written anew, as long as its owner stays", async () => {
  const store = memoryStore();
  const state = open(store);
  await state.ready;
  await state.during({}, async () => {
    const { text } = (await store.read(new AbortController().signal))!;
    await store.write!(`${JSON.stringify({ ...JSON.parse(text), reason: "Longer than expected" })}`);
  });
  expect(state.current).toEqual({ mode: "off" });
});

test("during() leaves a state without its owner alone", async () => {
  const store = memoryStore();
  const errors: unknown[] = [];
  const state = open(store, { onError: (error) => errors.push(error) });
  await state.ready;
  await state.during({}, () => store.write!('{ "mode": "on" }'));
  await until(() => state.current.owner === undefined);
  expect(state.current).toEqual({ mode: "on" });
  expect(errors).toMatchObject([{
    code: "ERR_STORE",
    message: expect.stringContaining("someone else changed the state"),
  }]);
});

test("during() leaves maintenance on and rethrows where it threw", async () => {
  const state = open(memoryStore());
  const error = new Error("the migration failed");
  await expect(state.during({}, () => Promise.reject(error))).rejects.toBe(error);
  expect(modeOf(state)).toBe("on");
});

test("during() leaves alone what somebody else has set meanwhile", async () => {
  const store = memoryStore();
  const errors: string[] = [];
  const [state, other] = [open(store, { onError: (error) => errors.push((error as Error).message) }), open(store)];
  await state.during({}, () => other.set({ mode: "on", reason: "Still not done" }));
  await until(() => state.current.reason === "Still not done");
  expect(errors).toEqual([
    "Cannot go back to the state from before: someone else changed the state meanwhile, and their change stays",
  ]);
});

test("during() waits for the fleet and fails in time, naming who has not followed", async () => {
  const store = memoryStore();
  const state = open(store);
  await state.ready;
  const [self] = (await state.fleet())!;
  await store.instances!.put(
    "other",
    JSON.stringify({ ...self, id: "other", host: "web-2", pid: 7, revision: "x" }),
    60_000,
  );
  const run = vi.fn();
  const error = await state.during({}, run, { timeoutMs: 50 }).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "ERR_FLEET", stragglers: [{ host: "web-2" }] });
  expect((error as Error).message).toContain("web-2 (pid 7) still has the old state (off)");
  expect(run).not.toHaveBeenCalled();
  expect(modeOf(state)).toBe("on");
});

test("during() within during() leaves the outer one under maintenance", async () => {
  const state = open(memoryStore());
  await state.ready;
  const seen: (string | undefined)[] = [];
  await state.during({ reason: "Outer" }, async () => {
    await state.during({ reason: "Inner" }, () => void seen.push(state.current.reason as string));
    seen.push(state.current.reason as string, modeOf(state));
  });
  expect(seen).toEqual(["Inner", "Outer", "on"]);
  expect(modeOf(state)).toBe("off");
});

test.each(["ABC", "ACB", "BAC", "BCA", "CAB", "CBA"])(
  "during() stays on until the last of calls that end in the order %s",
  async (order) => {
    const state = open(memoryStore(), { onError() {} });
    await state.ready;
    const ends = new Map<string, () => void>();
    const calls = new Map(["A", "B", "C"].map((name) => [
      name,
      state.during({ reason: name }, () => new Promise<void>((resolve) => void ends.set(name, resolve))),
    ]));
    await until(() => ends.size === 3);
    const modes = [];
    for (const name of order) {
      modes.push(modeOf(state));
      ends.get(name)!();
      await calls.get(name);
    }
    expect([...modes, modeOf(state)]).toEqual(["on", "on", "on", "off"]);
  },
);

test("during() switches off where calls of several live states end at the same moment", async () => {
  const store = memoryStore();
  const states = [0, 1, 2].map(() => open(store, { onError() {} }));
  await Promise.all(states.map(({ ready }) => ready));
  for (let round = 0; round < 20; round++) {
    const ends: (() => void)[] = [];
    const calls: Promise<void>[] = [];
    for (const state of states) {
      calls.push(state.during({}, () => new Promise<void>((resolve) => void ends.push(resolve))));
      await until(() => ends.length === calls.length);
    }
    for (const end of ends.reverse()) end();
    await Promise.all(calls);
    const stored = await store.read(new AbortController().signal);
    expect(JSON.parse(stored!.text)).toEqual({ mode: "off" });
  }
});

test.each<[string, unknown[], string]>([
  [
    "a function alone",
    [() => {}],
    '"run" must be a function, received undefined: the first argument is what the state',
  ],
  ["no function", [{}, 42], '"run" must be a function, received 42'],
  ["an unknown option", [{}, () => {}, { timeout: 1 }], 'unknown name "timeout" in the third argument of during()'],
  ["an aborted signal", [{}, () => {}, { signal: AbortSignal.abort(new Error("too late")) }], "too late"],
])("during() with %s switches nothing on", async (_what, args, message) => {
  const state = open(memoryStore());
  await state.ready;
  await expect((state.during as (...args: unknown[]) => Promise<unknown>)(...args)).rejects.toThrow(message);
  expect(modeOf(state)).toBe("off");
});

/** The stored text. */
async function textIn(store: MaintenanceStore): Promise<string | undefined> {
  return (await store.read(new AbortController().signal))?.text;
}

const MOVING = '{"mode":"on",  "reason":"Moving house","internalIps":["10.0.0.0/8"]}';
const PLANNED = '{ "mode": "on", "start": "2999-01-01T00:00:00Z" }';

test.each([MOVING, PLANNED, '{ "mode": "read-only" }', ""])("during() puts back the stored text %j", async (text) => {
  const store = memoryStore(text);
  const state = open(store);
  const seen = await state.during({ reason: "Migration" }, () => state.current.reason);
  expect(seen).toBe("Migration");
  expect(await textIn(store)).toBe(text);
});

test("during() takes a state that another call has left for its settings alone", async () => {
  const state = open(memoryStore());
  await state.during({ reason: "Migration" }, () => Promise.reject(new Error("it failed"))).catch(() => {});
  const seen = await state.during({ ...state.current, retryAfter: 60 }, () => state.current);
  expect(seen).toMatchObject({ mode: "on", reason: "Migration", retryAfter: 60, owner: expect.any(String) });
  expect(state.current).toEqual({ mode: "off" });
});

test("during() with maintenance off reports that it cannot put back what was", async () => {
  const memory = memoryStore(MOVING);
  let isBroken = false;
  const store = {
    ...memory,
    replace: (text: string, expected: string | undefined) => {
      if (isBroken) throw new Error("it is broken");
      return memory.replace!(text, expected);
    },
  };
  const errors: string[] = [];
  const state = open(store, { onError: (error) => errors.push((error as Error).message) });
  const failed = state.during({ mode: "off" }, () => {
    isBroken = true;
    throw new Error("a test failed");
  });
  await expect(failed).rejects.toThrow("a test failed");
  expect(errors).toEqual([expect.stringContaining("it is broken")]);
});

test("during() changes nothing while the stored text is not valid: the processes keep a state that it could not go back to", async () => {
  const store = memoryStore('{ "mode": "maybe" }');
  const run = vi.fn();
  await expect(open(store).during({}, run)).rejects.toThrow('"$.mode" must be "off", "on" or "read-only"');
  expect([run.mock.calls.length, await textIn(store)]).toEqual([0, '{ "mode": "maybe" }']);
});

test("during() goes back to the state from before all calls, in whatever order they end", async () => {
  const store = memoryStore(MOVING);
  const states = [open(store), open(store)];
  const ends: (() => void)[] = [];
  const calls: Promise<void>[] = [];
  for (const state of states) {
    calls.push(state.during({}, () => new Promise<void>((resolve) => void ends.push(resolve))));
    await until(() => ends.length === calls.length);
  }
  ends[0]!();
  await calls[0];
  expect(JSON.parse((await textIn(store))!)).toMatchObject({ owner: expect.any(String), former: JSON.parse(MOVING) });
  ends[1]!();
  await calls[1];
  expect(await textIn(store)).toBe(MOVING);
});

test("during() that succeeds after one that failed goes back to the state from before both", async () => {
  const store = memoryStore(MOVING);
  const state = open(store);
  await state.during({ reason: "Migration" }, () => Promise.reject(new Error("it failed"))).catch(() => {});
  expect(state.current).toMatchObject({ mode: "on", reason: "Migration", former: JSON.parse(MOVING) });
  await state.during({ reason: "Again" }, () => {});
  expect(state.current).toEqual(JSON.parse(MOVING));
});

test("during() that succeeds after one that failed switches off if maintenance was off before both", async () => {
  const state = open(memoryStore());
  await state.during({}, () => Promise.reject(new Error("it failed"))).catch(() => {});
  expect(state.current).toMatchObject({ mode: "on", former: { mode: "off" } });
  await state.during({}, () => {});
  expect(state.current).toEqual({ mode: "off" });
});

test("during() leaves the site to a run of another machine, which opens it", async () => {
  const text = '{ "mode": "on", "owner": "run 12@another-machine abc" }';
  const store = memoryStore(text);
  await open(store).during({}, () => {});
  expect(await textIn(store)).toBe(text);
});

test("during() does not go back to a run of this machine that has died", async () => {
  const { host } = describeProcess();
  // No system gives a process this number.
  const text = JSON.stringify({ mode: "on", owner: `run 4194305@${host} abc`, former: { mode: "read-only" } });
  const store = memoryStore(text);
  await open(store).during({}, () => {});
  expect(JSON.parse((await textIn(store))!)).toEqual({ mode: "read-only" });
});

test("during() with maintenance off waits for all processes, and puts back what was", async () => {
  const store = memoryStore(MOVING);
  const [one, two] = [open(store), open(store)];
  await Promise.all([one.ready, two.ready]);
  const modes = await one.during({ mode: "off" }, () => [modeOf(one), modeOf(two)]);
  expect(modes).toEqual(["off", "off"]);
  expect(await textIn(store)).toBe(MOVING);
});

test("during() with maintenance off puts back what was, even if the function throws", async () => {
  const store = memoryStore(MOVING);
  const error = new Error("a test failed");
  await expect(open(store).during({ mode: "off" }, () => Promise.reject(error))).rejects.toBe(error);
  expect(await textIn(store)).toBe(MOVING);
});

test("during() with maintenance off puts back what was if a process does not follow", async () => {
  const store = memoryStore(MOVING);
  const state = open(store);
  await state.ready;
  const [self] = (await state.fleet())!;
  await store.instances!.put("other", JSON.stringify({ ...self, id: "other", revision: "x" }), 60_000);
  await expect(state.during({ mode: "off" }, () => {}, { timeoutMs: 50 })).rejects.toThrow(
    "The fleet was not ready in time, the state from before is back: ",
  );
  expect(await textIn(store)).toBe(MOVING);
});

test.each(["AB", "BA", "both at once"])(
  "during() calls that overlap report nobody else's change, ended %s",
  async (order) => {
    const errors: unknown[] = [];
    const state = open(memoryStore(), { onError: (error) => errors.push(error) });
    await state.ready;
    const finish: Record<string, () => void> = {};
    const calls: Record<string, Promise<unknown>> = {};
    for (const name of ["A", "B"]) {
      await new Promise<void>((begun) => {
        calls[name] = state.during({ reason: name }, () => {
          begun();
          return new Promise<void>((resolve) => finish[name] = resolve);
        });
      });
    }
    if (order === "both at once") { for (const end of Object.values(finish)) end(); }
    else {
      for (const name of order) {
        finish[name]!();
        await calls[name];
        expect(modeOf(state)).toBe(name === order[0] ? "on" : "off");
      }
    }
    await Promise.all(Object.values(calls));
    expect(modeOf(state)).toBe("off");
    expect(errors).toEqual([]);
  },
);

test("during() calls that overlap report somebody else's change once", async () => {
  const errors: string[] = [];
  const state = open(memoryStore(), { onError: (error) => errors.push(String(error)) });
  await state.ready;
  await state.during({}, () => state.during({}, () => state.set({ mode: "on", reason: "by hand" }).then(() => {})));
  expect(errors).toEqual([expect.stringContaining("someone else changed the state meanwhile")]);
  expect(state.current.reason).toBe("by hand");
});

test("during() with maintenance off does not open the site under another call", async () => {
  const state = open(memoryStore());
  await state.ready;
  const modes: string[] = [];
  state.on("change", ({ mode }) => modes.push(mode));
  const run = vi.fn();
  await state.during({}, async () => {
    await expect(state.during({ mode: "off" }, run)).rejects.toThrow(
      "Cannot run with maintenance off: another during() of this process is at work under maintenance: " +
        "wait for its end first",
    );
    expect(modeOf(state)).toBe("on");
  });
  expect(run).not.toHaveBeenCalled();
  expect(modes).toEqual(["on", "off"]);
});

test("during() with maintenance off does not open the site under another call that starts at the same moment", async () => {
  const state = open(memoryStore());
  await state.ready;
  const seen: string[] = [];
  const [on, off] = await Promise.allSettled([
    state.during({}, () => void seen.push(modeOf(state))),
    state.during({ mode: "off" }, () => void seen.push("never")),
  ]);
  expect([on.status, off.status, seen]).toEqual(["fulfilled", "rejected", ["on"]]);
});
