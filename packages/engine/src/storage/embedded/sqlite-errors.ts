/**
 * Turns what SQLite and the file system report into errors of ours that name the file and the way out, and carries
 * errors across threads, where only plain data can go.
 */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { type ErrorCode, type ErrorDetails, PenchantError } from "../../base/errors.ts";

/** Primary result codes, https://www.sqlite.org/rescode.html */
const sqlite = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

const readOnlyFileErrors = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENOENT"]);

/** Bytes below which an unspecific input/output error is taken for what it nearly always is: a full disk. */
const nearlyFullBytes = 1 << 16;

/** The error of ours for whatever was thrown while working on a file. Errors of ours pass through. */
export function storageError(error: unknown, path: string): PenchantError {
  if (PenchantError.isInstance(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const fileCode = (error as { code?: unknown }).code;
  const resultCode = (error as { errcode?: unknown }).errcode;
  const make = (code: ErrorCode, message: string) =>
    new PenchantError(code, `${path}: ${message} (${reason})`, {
      details: { file: path, ...(typeof resultCode === "number" ? { sqlite: resultCode } : {}) },
      cause: error,
    });

  if (fileCode === "ENOSPC" || fileCode === "EDQUOT") return full(make);
  if (typeof fileCode === "string" && readOnlyFileErrors.has(fileCode)) return cannotWrite(make);
  if (typeof resultCode !== "number") return make("PENCHANT_E_STORAGE", "the database failed");
  switch (resultCode & 0xff) {
    case sqlite.busy:
    case sqlite.locked:
      return make(
        "PENCHANT_E_STORAGE_LOCKED",
        "another process is working on the database; stop it, or try again when it has finished",
      );
    case sqlite.corrupt:
      return make(
        "PENCHANT_E_STORAGE_CORRUPT",
        "the database file is damaged; stop writing, keep a copy of the directory, and restore the last backup (penchant restore FILE --force)",
      );
    case sqlite.notADatabase:
      return make(
        "PENCHANT_E_STORAGE_CORRUPT",
        "this is no database, or its first page is damaged; restore a backup (penchant restore FILE --force), or move the file away to start anew",
      );
    case sqlite.full:
      return full(make);
    case sqlite.readOnly:
    case sqlite.cannotOpen:
      return cannotWrite(make);
    case sqlite.ioError:
      // Growing the shared-memory file on a full disk is reported as an input/output error.
      return isNearlyFull(path) ? full(make) : make("PENCHANT_E_STORAGE", "reading or writing failed; check the disk");
    default:
      return make("PENCHANT_E_STORAGE", "the database failed");
  }
}

type Make = (code: ErrorCode, message: string) => PenchantError;

const full = (make: Make) =>
  make("PENCHANT_E_STORAGE_FULL", "there is no room left; make room on the disk, nothing acknowledged is lost");

const cannotWrite = (make: Make) =>
  make(
    "PENCHANT_E_STORAGE_READ_ONLY",
    "the database cannot be opened or written; check that the directory exists on a writable disk and belongs to the user who runs this",
  );

function isNearlyFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < nearlyFullBytes;
  } catch {
    return false;
  }
}

/** An error as plain data. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly stack: string;
}

export function errorToMessage(error: PenchantError): ErrorMessage {
  return { code: error.code, message: error.message, details: error.details, stack: error.stack ?? "" };
}

/** The error again, with the stack of the other thread as its cause. */
export function errorFromMessage({ code, message, details, stack }: ErrorMessage): PenchantError {
  return new PenchantError(code, message, { details, cause: stack });
}
