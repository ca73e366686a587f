/** A server in a process of its own: measured, fuzzed and killed from outside. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

const penchant = join(import.meta.dirname, "../../packages/engine/bin/penchant.js");

export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** The newest lines that it wrote to stderr. */
  log(): string;
  /** Ends it by a signal; resolves with its exit code when the process is gone, null after SIGKILL. */
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

export interface ServerProcessOptions {
  /** What Node runs instead of `penchant serve`: a program that prints `{"url":...}` once it listens. */
  readonly program?: readonly string[];
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
  /** Opens a channel for messages. */
  readonly ipc?: boolean;
}

const logShown = 2_000;

/**
 * Starts `penchant serve` in a folder, with the settings of the `penchant.config.json` that lies there.
 *
 * @throws when it ends before it listens, with the end of its log
 */
export async function startServerProcess(folder: string, options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const { program = [penchant, "serve", "--port", "0", "--json"], nodeOptions = [], ipc = false } = options;
  const logPath = join(folder, "server.log");
  const logFile = await open(logPath, "w");
  const child = spawn(process.execPath, [...nodeOptions, ...program], {
    cwd: folder,
    stdio: ["ignore", "pipe", logFile.fd, ...(ipc ? (["ipc"] as const) : [])],
  });
  await logFile.close();
  const gone = once(child, "exit");
  const log = () => readFileSync(logPath, "utf8").slice(-logShown);
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await Promise.race([once(lines, "line"), once(lines, "close")])) as [string?];
  if (line === undefined) throw new Error(`The server does not start. Its log ends with:\n${log()}`);
  return {
    url: (JSON.parse(line) as { url: string }).url,
    child,
    log,
    async stop(signal) {
      child.kill(signal);
      const [code] = (await gone) as [number | null];
      return code;
    },
  };
}
