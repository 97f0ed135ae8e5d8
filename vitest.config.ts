import process from "node:process";
import { defineConfig } from "vitest/config";

// Vitest starts on an older one and fails somewhere else; and programs under test are started in TypeScript.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || major === 22 && minor < 18) {
  console.error(
    `The tests take Node 22.18 or newer, and this is Node ${process.versions.node}: run "npm test" or "npx vitest", which ` +
      'take the Node 24 that "npm ci" has installed',
  );
  process.exit(1);
}

/**
 * Files of tests that `npm test` leaves to `npm run test:all`. They need a program that npm does not bring, or a browser, or
 * take more than some ten seconds.
 */
const FULL = "test/**/*.full.test.ts";

/** The frameworks that the suite over them installs bring tests of their own. */
const INSTALLED = "test/frameworks/{node_modules,.apps}/**";

export default defineConfig({
  // As Node resolves it for the servers under test: Vite would take the other copy in the package, whose errors they do not know.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    setupFiles: ["test/_setup.ts"],
    // A busy machine of two cores is slow, which is no failure: these only end what would never end.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000, interval: 5 } },
    // Most of the time goes by in other processes, which are waited for.
    maxWorkers: 3,
    projects: [
      // What `npm test` runs: it takes nothing but what npm brings, and seconds.
      {
        extends: true,
        test: {
          name: "quick",
          include: ["test/**/*.test.ts"],
          exclude: [FULL, INSTALLED],
          env: { TEST_PROJECT: "quick" },
          sequence: { groupOrder: 0 },
        },
      },
      // What `npm run test:all` runs as well.
      {
        extends: true,
        test: {
          name: "full",
          include: [FULL],
          exclude: [INSTALLED],
          globalSetup: ["test/_global.ts"],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
