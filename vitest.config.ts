import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "examples/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    // The server's tests are given the page as it is; when nothing changed that takes a few milliseconds.
    globalSetup: ["packages/dashboard/build.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    // The counts that .ci/run closes with are read from the JSON.
    reporters: ["default", "json"],
    outputFile: { json: "node_modules/.cache/test-results.json" },
  },
});
