/**
 * What tells one import from another: the file's content together with the way it is read. Text is hashed as it is after
 * decompression, so that a file and its gzip are the same file, and so that damage shows before anything is imported.
 */
import { createHash } from "node:crypto";
import { inspectFile, readBytes } from "./text-file.ts";

/** SHA-256 in hex over the files' contents and the JSON of `reading`. Throws PENCHANT_E_IMPORT_SOURCE. */
export async function fingerprint(files: readonly string[], reading: unknown): Promise<string> {
  const all = createHash("sha256").update(JSON.stringify(reading));
  for (const file of files) {
    const { gzip } = await inspectFile(file);
    const content = createHash("sha256");
    for await (const bytes of readBytes(file, gzip)) content.update(bytes);
    all.update(content.digest());
  }
  return all.digest("hex");
}
