#!/usr/bin/env node
// Starts the command line: from source in the repository, from the built files when installed from npm.
import { existsSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  console.error(
    `penchant needs Node 22.22 or newer and was started with ${process.versions.node} (${process.execPath}). ` +
      "In the repository, start it with npx or npm run: they use the Node that npm install brought.",
  );
  process.exit(1);
}
const source = new URL("../src/cli/main.ts", import.meta.url);
await import(existsSync(source) ? source.href : new URL("../cli/main.js", import.meta.url).href);
