import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["test/_global.ts"],
    setupFiles: ["test/_setup.ts"],
    // A busy machine of two cores is slow, which is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most of the time goes by in other processes, which are waited for.
    maxWorkers: 3,
  },
});
