/** The server under test, in a process of its own that can be killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

const command = join(import.meta.dirname, "../../packages/engine/bin/penchant.js");
const rebuildingServer = new URL("./rebuilding-server.ts", import.meta.url).pathname;

export interface ServerProcess {
  readonly url: string;
  /** Builds the tree, the models and the states again while requests go on. Absent where the server cannot be asked. */
  readonly rebuild?: () => void;
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * Starts `penchant serve` in a folder, with the settings that lie there; its log goes to `server.log`.
 *
 * @param options.canRebuild starts the same server around an engine that rebuilds when told to
 */
export async function startServerProcess(folder: string, options: { canRebuild: boolean }): Promise<ServerProcess> {
  const logPath = join(folder, "server.log");
  const log = await open(logPath, "w");
  const program = options.canRebuild ? [rebuildingServer] : [command, "serve", "--port", "0", "--json"];
  const child = spawn(process.execPath, program, {
    cwd: folder,
    stdio: ["ignore", "pipe", log.fd, ...(options.canRebuild ? (["ipc"] as const) : [])],
  });
  await log.close();
  const gone = once(child, "exit");
  const url = await firstLine(child);
  if (url === undefined) {
    throw new Error(`The server does not start. Its log ends with:\n${readFileSync(logPath, "utf8").slice(-2_000)}`);
  }
  return {
    url: (JSON.parse(url) as { url: string }).url,
    ...(options.canRebuild ? { rebuild: () => child.connected && child.send("rebuild", () => {}) } : {}),
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await Promise.race([once(lines, "line"), once(lines, "close")])) as [string?];
  return line;
}
