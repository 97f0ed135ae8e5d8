import { expect, test } from "vitest";
import { INTERNALS } from "../../src/gate/internals.ts";
import { LIVE } from "../../src/gate/live.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { MaintenanceError } from "../../src/util/errors.ts";
import { INTERNALS_VERSION } from "../../src/util/internals-version.ts";

/** What a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("gates and live states carry the version of what they hold for other copies of the package", async () => {
  const state = liveState(memoryStore());
  const gate = maintenanceMode({ state }) as unknown as { [INTERNALS]: { version: unknown } };
  expect(gate[INTERNALS].version).toBe(INTERNALS_VERSION);
  expect((state as unknown as { [LIVE]: { version: unknown } })[LIVE].version).toBe(INTERNALS_VERSION);
  await state.close();
});

test.each([INTERNALS_VERSION + 1, undefined])(
  "maintenanceMode() refuses a live state of another version of the package: %s",
  (version) => {
    const state = { [LIVE]: { version, snapshot: {}, noteAdmission() {}, noteCounting() {} } } as never;
    const error = thrownBy(() => maintenanceMode({ state }));
    expect(error).toBeInstanceOf(MaintenanceError);
    expect((error as MaintenanceError).code).toBe("ERR_VERSION");
    expect((error as MaintenanceError).message).toBe(
      'Cannot create maintenance mode: another version of maintenancemode has made "state": "npm ls maintenancemode" lists ' +
        "the installed versions, keep one of them",
    );
  },
);
