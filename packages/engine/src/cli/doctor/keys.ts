/** The file of keys: whether it can be read, by whom else, whether it can be changed, and which keys end soon. */
import { existsSync, statSync } from "node:fs";
import { PenchantError } from "../../base/errors.ts";
import { dayMs } from "../../base/time.ts";
import { keyFilePath, keyLockPath, readKeys } from "../../server/key-file.ts";
import { endOf, type Key } from "../../server/keys.ts";
import { counted, day } from "../view/text.ts";
import { bad, type Finding, good } from "./finding.ts";

/** Enough to replace a key without haste. */
const soonDays = 14;
const byOthers = 0o077;

export function keyFindings(dataDir: string, now: number): Finding[] {
  const findings: Finding[] = [];
  const lock = keyLockPath(dataDir);
  if (existsSync(lock)) {
    const message = `${lock} is there, and while it is, no key can be made or ended: wait for the command that is changing the keys; if none is, it was killed: delete this file`;
    findings.push(bad("keys", message));
  }
  try {
    const keys = readKeys(dataDir);
    if (keys.length === 0) return findings;
    findings.push(good("keys", counted(keys.length, "key")), ...modeFindings(dataDir), ...endingFindings(keys, now));
  } catch (error) {
    if (!PenchantError.isInstance(error)) throw error;
    const wayOut = "Put back the file as it was, or delete it and create keys anew";
    findings.push(bad("keys", `${error.code}: ${error.message} ${wayOut}`));
  }
  return findings;
}

/** Windows keeps no such mode. */
function modeFindings(dataDir: string): Finding[] {
  const path = keyFilePath(dataDir);
  const mode = statSync(path).mode & 0o777;
  if (process.platform === "win32" || (mode & byOthers) === 0) return [];
  const message = `${path} is open to other users of this machine (mode ${mode.toString(8)}): run chmod 600 ${path}`;
  return [bad("keys", message)];
}

/** No fault, since somebody wanted it so; but of what uses the key nothing will get through. */
function endingFindings(keys: readonly Key[], now: number): Finding[] {
  return keys.flatMap((key) => {
    const { id, name, expiresAt, replacedBy } = key;
    if (expiresAt === undefined || expiresAt > now + soonDays * dayMs || endOf(key, now) !== undefined) return [];
    const wayOut =
      replacedBy === undefined
        ? `put another in its place with penchant keys rotate ${id}`
        : `by then whoever uses it needs key ${replacedBy}, which replaces it`;
    return [good("keys", `key ${id} ("${name}") ends on ${day(expiresAt)}: ${wayOut}`)];
  });
}
