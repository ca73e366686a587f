/**
 * Tar files, as far as a backup needs them: plain files, written and read one after the other, each with its SHA-256. The
 * format is POSIX ustar, with sizes of 8 GiB and more in base 256 as GNU tar writes them, so that `tar tvf` shows what is
 * in a backup. A header is a block of 512 bytes; a file's content follows, filled up to whole blocks; two empty blocks
 * end the archive.
 */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { PenchantError } from "../../base/errors.ts";

const blockBytes = 512;
const pieceBytes = 1024 * 1024;
const octalMax = 8 ** 11;
/** Places of the fields in a header. */
const field = {
  mode: 100,
  owner: 108,
  group: 116,
  size: 124,
  time: 136,
  checksum: 148,
  type: 156,
  magic: 257,
  prefix: 345,
} as const;
/** Bytes of a name; what is longer has the folders that it begins with in the field `prefix`, without the last slash. */
const nameBytesMax = 99;
const prefixBytesMax = 154;

export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

export class TarWriter {
  readonly #file: number;

  /** Creates the file; there must be none. */
  constructor(path: string) {
    this.#file = openSync(path, "wx", 0o600);
  }

  /** Adds a file under a name that is not longer than folders and files of a backup are. */
  addFile(name: string, path: string): TarEntry {
    const source = openSync(path, "r");
    try {
      const bytes = fstatSync(source).size;
      return this.#add(name, bytes, (piece, position) => readSync(source, piece, 0, piece.length, position));
    } finally {
      closeSync(source);
    }
  }

  addText(name: string, text: string): TarEntry {
    const content = Buffer.from(text);
    return this.#add(name, content.length, (piece, position) => content.copy(piece, 0, position));
  }

  /** Ends the archive and makes it durable. */
  finish(): void {
    writeAll(this.#file, Buffer.alloc(2 * blockBytes));
    fsyncSync(this.#file);
    this.close();
  }

  /** Leaves it as it is. */
  close(): void {
    closeSync(this.#file);
  }

  #add(name: string, bytes: number, read: (piece: Buffer, position: number) => number): TarEntry {
    writeAll(this.#file, headerOf(name, bytes));
    const hash = createHash("sha256");
    const buffer = Buffer.alloc(pieceBytes);
    for (let position = 0; position < bytes; ) {
      const length = read(buffer.subarray(0, Math.min(pieceBytes, bytes - position)), position);
      if (length === 0) throw new PenchantError("PENCHANT_E_INTERNAL", `${name}: became shorter while it was read.`);
      const piece = buffer.subarray(0, length);
      hash.update(piece);
      writeAll(this.#file, piece);
      position += length;
    }
    writeAll(this.#file, Buffer.alloc(padding(bytes)));
    return { name, bytes, sha256: hash.digest("hex") };
  }
}

/**
 * Reads an archive file by file.
 *
 * @param take says where a file's content goes: a path to create, or undefined to keep it in memory
 * @returns what was read, with the content of what was kept
 * @throws PENCHANT_E_BACKUP_INVALID for what is no tar file, or not a whole one
 */
export function readTar(
  path: string,
  take: (name: string, bytes: number) => string | undefined,
): (TarEntry & { readonly content: Buffer | undefined })[] {
  const invalid = (why: string) => new PenchantError("PENCHANT_E_BACKUP_INVALID", `${path}: ${why}.`);
  const entries: (TarEntry & { readonly content: Buffer | undefined })[] = [];
  const file = openSync(path, "r");
  let position = 0;
  const read = (bytes: number): Buffer => {
    const buffer = Buffer.alloc(bytes);
    if (readSync(file, buffer, 0, bytes, position) < bytes) throw invalid("the backup ends too early");
    position += bytes;
    return buffer;
  };
  try {
    for (let header = read(blockBytes); header.some((byte) => byte !== 0); header = read(blockBytes)) {
      if (!isHeader(header)) throw invalid("expected a backup made by penchant backup, got something else");
      const name = nameOf(header);
      const bytes = sizeOf(header);
      const target = take(name, bytes);
      const output = target === undefined ? undefined : openSync(target, "wx", 0o600);
      const kept: Buffer[] = [];
      const hash = createHash("sha256");
      try {
        for (let left = bytes; left > 0; ) {
          const piece = read(Math.min(left, pieceBytes));
          hash.update(piece);
          if (output === undefined) kept.push(piece);
          else writeAll(output, piece);
          left -= piece.length;
        }
        if (output !== undefined) fsyncSync(output);
      } finally {
        if (output !== undefined) closeSync(output);
      }
      read(padding(bytes));
      const content = output === undefined ? Buffer.concat(kept) : undefined;
      entries.push({ name, bytes, sha256: hash.digest("hex"), content });
    }
    return entries;
  } finally {
    closeSync(file);
  }
}

function headerOf(name: string, bytes: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const [prefix, rest] = split(name);
  header.write(rest);
  header.write(prefix, field.prefix);
  header.write("0000600\0", field.mode);
  header.write("0000000\0", field.owner);
  header.write("0000000\0", field.group);
  if (bytes < octalMax) header.write(`${bytes.toString(8).padStart(11, "0")}\0`, field.size);
  else {
    header[field.size] = 0x80;
    header.writeUIntBE(bytes, field.size + 6, 6);
  }
  header.write("00000000000\0", field.time);
  header.write("0", field.type);
  header.write("ustar\u000000", field.magic);
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, field.checksum);
  return header;
}

/** A name as the two fields hold it. */
function split(name: string): [prefix: string, rest: string] {
  const at = Buffer.byteLength(name) <= nameBytesMax ? -1 : name.indexOf("/", name.length - nameBytesMax - 1);
  const [prefix, rest] = [name.slice(0, Math.max(at, 0)), name.slice(at + 1)];
  if (Buffer.byteLength(rest) <= nameBytesMax && Buffer.byteLength(prefix) <= prefixBytesMax) return [prefix, rest];
  throw new PenchantError("PENCHANT_E_INTERNAL", `${name}: too long for tar.`);
}

function nameOf(header: Buffer): string {
  const [rest, prefix] = [0, field.prefix].map((from) => header.toString("utf8", from, header.indexOf(0, from)));
  return prefix === "" ? rest : `${prefix}/${rest}`;
}

function sizeOf(header: Buffer): number {
  if (header[field.size] === 0x80) return header.readUIntBE(field.size + 6, 6);
  return Number.parseInt(header.toString("latin1", field.size, field.size + 11), 8);
}

function isHeader(header: Buffer): boolean {
  return (
    header.toString("latin1", field.magic, field.magic + 5) === "ustar" &&
    Number.parseInt(header.toString("latin1", field.checksum, field.checksum + 6), 8) === checksum(header)
  );
}

/** The sum of all bytes, those of the checksum itself counted as blanks. */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) {
    if (index < field.checksum || index >= field.checksum + 8) sum += byte;
  }
  return sum;
}

const padding = (bytes: number) => (blockBytes - (bytes % blockBytes)) % blockBytes;

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
