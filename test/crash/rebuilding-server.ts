/** The server as `penchant serve` starts it, around an engine that its parent process can tell to rebuild. */
import { readConfigFile } from "../../packages/engine/src/cli/config-file.ts";
import { openEngine } from "../../packages/engine/src/index.ts";
import { startServer } from "../../packages/engine/src/server/server.ts";

const engine = await openEngine(readConfigFile("penchant.config.json").engine);
const server = await startServer(engine, { port: 0 });
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
let rebuilding: Promise<unknown> = Promise.resolve();
process.on("message", () => {
  rebuilding = rebuilding.then(() => engine.rebuild());
});
