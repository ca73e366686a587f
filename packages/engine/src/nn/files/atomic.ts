/**
 * Files that are whole or not there: written under another name, flushed to the disk, then given their name in one step.
 * Whoever looks at any moment, or after a power cut, finds the old file or the new one.
 */
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes `chunks` as the file at `path`, in order. When it fails, what was there before stays. */
export async function writeAtomically(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const next = `${path}.next`;
  try {
    await withFile(next, "w", async (file) => {
      for (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    });
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the names in a folder durable: a new name is an entry of the folder, which has to reach the disk as well. */
export function syncFolder(path: string): Promise<void> {
  return withFile(path, "r", (folder) => folder.sync());
}

export async function withFile<Result>(
  path: string,
  flags: string,
  work: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const file = await open(path, flags);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
