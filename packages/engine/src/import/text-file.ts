/**
 * Text files as they come: plain or gzip, UTF-8 with or without a byte order mark, UTF-16 with one, or Windows-1252
 * (which old exports and the older MovieLens files use). Read in chunks, so that memory does not grow with the file.
 */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline, type Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { PenchantError } from "../base/errors.ts";

export interface FileFacts {
  /** Bytes on disk. */
  readonly sizeBytes: number;
  readonly gzip: boolean;
}

/** How far a reader has come, in bytes of the file on disk. */
export interface ReadPosition {
  bytes: number;
}

const chunkBytes = 256 * 1024;

/** Throws PENCHANT_E_IMPORT_SOURCE unless the path names a file that can be read. */
export async function inspectFile(path: string): Promise<FileFacts> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new PenchantError("PENCHANT_E_IMPORT_SOURCE", `${path}: expected a file, got a folder.`);
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    const gzip = path.endsWith(".gz") || (bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b);
    return { sizeBytes: stats.size, gzip };
  } catch (error) {
    throw asSourceError(error, path);
  } finally {
    await file?.close();
  }
}

/** The file's bytes, decompressed. Throws PENCHANT_E_IMPORT_SOURCE where the file ends early or is damaged. */
export async function* readBytes(path: string, gzip: boolean, position?: ReadPosition): AsyncGenerator<Buffer> {
  const raw = createReadStream(path, { highWaterMark: chunkBytes });
  if (position) {
    raw.on("data", (chunk) => {
      position.bytes += chunk.length;
    });
  }
  // The loop below sees the error of either stream; the callback only keeps it from being thrown a second time.
  const bytes: Readable = gzip ? pipeline(raw, createGunzip({ chunkSize: chunkBytes }), () => {}) : raw;
  try {
    for await (const chunk of bytes) yield chunk as Buffer;
  } catch (error) {
    throw asSourceError(error, path);
  }
}

/** The file's text in chunks; a chunk may end in the middle of a line. */
export async function* readText(path: string, gzip: boolean, position?: ReadPosition): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  for await (const bytes of readBytes(path, gzip, position)) {
    decoder ??= new TextDecoder(encodingOf(bytes));
    yield decoder.decode(bytes, { stream: true });
  }
  if (decoder) yield decoder.decode();
}

/** Judged by the first chunk, which is all of a small file. */
function encodingOf(start: Uint8Array): string {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  try {
    // As a stream, because the chunk may end in the middle of a character.
    new TextDecoder("utf-8", { fatal: true }).decode(start, { stream: true });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/** Turns what the file system or the decompressor threw into a sentence about the file. */
export function asSourceError(error: unknown, path: string): PenchantError {
  if (PenchantError.isInstance(error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new PenchantError("PENCHANT_E_IMPORT_SOURCE", `${path}: ${reason(code, message, path)}`, { cause: error });
}

function reason(code: string | undefined, message: string, path: string): string {
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file.";
  if (code === "EACCES" || code === "EPERM") return "the file may not be read.";
  if (code === "EISDIR") return "expected a file, got a folder.";
  if (code === "Z_BUF_ERROR")
    return `the gzip data ends too early; ${basename(path)} was cut off and has to be fetched again.`;
  if (code?.startsWith("Z_"))
    return `the gzip data is damaged (${message}); ${basename(path)} has to be fetched again.`;
  return `the file cannot be read (${message}).`;
}
