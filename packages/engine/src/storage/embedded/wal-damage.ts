/**
 * Finds damage in the middle of a write-ahead log. SQLite reads such a log up to the first frame whose checksum is
 * wrong and takes the rest for a commit that power loss cut short. That is right for the last commit, and silently
 * loses acknowledged events where the frame lies before another commit: a commit begins only when the one before it is
 * on disk. So a bad frame with two or more commits from it on is damage, and the database must not be opened over it.
 *
 * File format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log. A header of 32 bytes, then frames of 24
 * bytes (page number, size of the database in pages if the frame ends a commit or 0, two salts of the header, two
 * checksums) and a page. The checksums run on from frame to frame.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { PenchantError } from "../../base/errors.ts";

const headerBytes = 32;
const frameHeaderBytes = 24;
const magicLittleEndian = 0x377f0682;
const magicBigEndian = 0x377f0683;

type Checksum = readonly [number, number];

/**
 * @throws PENCHANT_E_STORAGE_CORRUPT when commits lie behind a damaged place of the log.
 */
export function requireWholeLog(databasePath: string): void {
  const path = `${databasePath}-wal`;
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const lost = commitsBehindDamage(file);
    if (lost === 0) return;
    throw new PenchantError(
      "PENCHANT_E_STORAGE_CORRUPT",
      `${path} is damaged in the middle, and opening it would lose ${lost} or more commits behind that place; nothing was changed. Keep a copy of the directory, check the disk, and restore the last backup (penchant restore FILE --force).`,
      { details: { file: path, commits: lost } },
    );
  } finally {
    closeSync(file);
  }
}

/** Commits that are still to be seen from the first bad frame on, 0 when it can only be the cut end of the log. */
function commitsBehindDamage(file: number): number {
  const sizeBytes = fstatSync(file).size;
  const header = Buffer.alloc(headerBytes);
  if (readSync(file, header, 0, headerBytes, 0) < headerBytes) return 0;
  const magic = header.readUInt32BE(0);
  const pageBytes = header.readUInt32BE(8);
  const frameBytes = frameHeaderBytes + pageBytes;
  const isBigEndian = magic === magicBigEndian;
  let checksum = sum([0, 0], header.subarray(0, 24), isBigEndian);
  const isHeaderWhole =
    (isBigEndian || magic === magicLittleEndian) &&
    checksum[0] === header.readUInt32BE(24) &&
    checksum[1] === header.readUInt32BE(28);
  // Without a header, every commit of the log is lost; a header that was never written is all zeros.
  if (!isHeaderWhole) return sizeBytes > headerBytes && header.some((byte) => byte !== 0) ? 1 : 0;

  const frame = Buffer.alloc(frameBytes);
  let commits = 0;
  let isDamaged = false;
  for (let offset = headerBytes; offset + frameBytes <= sizeBytes; offset += frameBytes) {
    readSync(file, frame, 0, frameBytes, offset);
    // Frames with other salts are left over from before the log began anew, or damaged.
    const isOfThisLog = frame.compare(header, 16, 24, 8, 16) === 0;
    checksum = sum(sum(checksum, frame.subarray(0, 8), isBigEndian), frame.subarray(frameHeaderBytes), isBigEndian);
    const stored: Checksum = [frame.readUInt32BE(16), frame.readUInt32BE(20)];
    isDamaged ||= !isOfThisLog || checksum[0] !== stored[0] || checksum[1] !== stored[1];
    if (isDamaged && isOfThisLog && frame.readUInt32BE(4) !== 0) commits++;
    // Behind the damage, frames are only looked at for their salts; before it, this is the same number.
    checksum = stored;
  }
  return commits > 1 ? commits : 0;
}

/** SQLite's checksum over pairs of 32-bit words, continued from an earlier one. */
function sum([first, second]: Checksum, bytes: Buffer, isBigEndian: boolean): Checksum {
  for (let offset = 0; offset < bytes.length; offset += 8) {
    const a = isBigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);
    const b = isBigEndian ? bytes.readUInt32BE(offset + 4) : bytes.readUInt32LE(offset + 4);
    first = (first + a + second) >>> 0;
    second = (second + b + first) >>> 0;
  }
  return [first, second];
}
