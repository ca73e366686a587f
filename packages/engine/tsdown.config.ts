/**
 * The published form: JavaScript and declarations in `dist/`, one file per source file. Whatever the package does not
 * depend on (the protocol) is taken in.
 */
import { defineConfig } from "tsdown";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/evaluate/index.ts",
    "src/nn/index.ts",
    "src/testing/index.ts",
    "src/cli/main.ts",
    "src/storage/embedded/worker.ts",
    "src/runtime/fit-worker.ts",
    "src/models/training/training-worker.ts",
    "src/text/thread/embedder-worker.ts",
    "src/cli/demo/evaluation-worker.ts",
    "src/cli/evaluate/ranking-process.ts",
    "src/cli/evaluate/uptake/uptake-process.ts",
  ],
  format: "esm",
  platform: "node",
  target: "node22",
  unbundle: true,
  external: ["vitest", "fast-check"],
  dts: { sourcemap: false },
  fixedExtension: false,
  plugins: [
    {
      // Threads are started by the address of a file beside the starter, which has another ending once built.
      name: "worker-addresses",
      transform: (code: string) =>
        code.replaceAll(/new URL\("(\.\/[\w-]+)\.ts", import\.meta\.url\)/g, 'new URL("$1.js", import.meta.url)'),
    },
  ],
});
