/** What the tests of this folder share. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { onTestFinished } from "vitest";
import type { UserEvent } from "../../core/event.ts";
import type { Storage } from "../../core/ports.ts";
import { type EmbeddedStorageOptions, openEmbeddedStorage } from "./index.ts";

/** An empty directory that is removed after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "penchant-storage-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A storage that is closed after the test. */
export async function openForTest(options: EmbeddedStorageOptions): Promise<Storage> {
  const storage = await openEmbeddedStorage(options);
  onTestFinished(() => storage.close());
  return storage;
}

export function event(id: string, fields: Partial<UserEvent> = {}): UserEvent {
  return { id, user: "ada", type: "view", time: 1_700_000_000_000, ...fields };
}

export async function allEvents(storage: Storage) {
  return (await Array.fromAsync(storage.events.read({ after: 0 }))).flat();
}

/**
 * A copy of a directory as a crash at this moment would leave it. Copied by another process: closing a file that was
 * read in this one would let go of SQLite's locks on it.
 */
export function copyDirectory(from: string): string {
  const to = join(temporaryDirectory(), "copy");
  execFileSync("cp", ["-r", from, to]);
  return to;
}

/** The bytes of all files of a copy of the directory, by name. */
export function bytesOfFiles(directory: string): Map<string, Buffer> {
  const copy = copyDirectory(directory);
  return new Map(readdirSync(copy).map((name) => [name, readFileSync(join(copy, name))]));
}

/**
 * Another process that opens the directory and appends (see `test-appender.ts`); its lines of output are acknowledged
 * ids. The first line is empty when the process cannot start.
 */
export async function startAppender(
  dataDir: string,
  options: { uid?: number } = {},
): Promise<{ child: ChildProcess; lines: Interface; firstLine: string }> {
  const program = new URL("./test-appender.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [program, dataDir], { stdio: ["ignore", "pipe", "inherit"], ...options });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout });
  const [firstLine = ""] = (await Promise.race([once(lines, "line"), once(lines, "close")])) as string[];
  return { child, lines, firstLine };
}
