import { defineConfig } from "vitest/config";

// Tests run from the sources: the "source" condition of each package's exports leads to src/index.ts.
const conditions = ["source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "sql/**/*.test.ts", "scripts/**/*.test.ts"],
    // Worker threads cannot load a native addon twice, and the probe loads one.
    pool: "forks",
    // Holds the database server ready for the tests that ask for one.
    globalSetup: ["scripts/test-database.mjs"],
    // A limit finds what hangs, on the slowest machine that runs this: it says nothing of how long a test takes.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 240_000 } },
    env: { TZ: "UTC" },
  },
});
