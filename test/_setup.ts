import fc from "fast-check";

// Elsewhere each run tries other values; where changes are merged, a run says the same each time.
if (process.env.CI) fc.configureGlobal({ seed: 503 });
