/**
 * What was measured, kept in files, so that a long evaluation that was cut off goes on where it stopped. A file is named by
 * the hash of everything that the figures depend on: the content of the data, the protocol, the model, its settings, the
 * seed, what is measured and the commit of the program. A fit that takes long is saved on its way in a folder beside it;
 * the curve of a network's training (`curve.jsonl`) stays.
 */
import { createHash, hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Dataset } from "../../core/dataset.ts";
import { curveName } from "../../models/model-folder.ts";
import type { Job } from "./jobs.ts";

/** SHA-256 in hex over all of a data set's content. */
export function fingerprintOf({ interactions, users, items, sessions, timing }: Dataset): string {
  const all = createHash("sha256").update(JSON.stringify([users, items, timing]));
  const { offsets, items: keys, times, weights, values } = interactions;
  for (const column of [offsets, keys, times, weights, values, sessions]) {
    if (column === undefined) all.update("none");
    else all.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return all.digest("hex");
}

export class ResultStore<Result extends object> {
  readonly #folder: string;
  readonly #base: readonly unknown[];

  /** @param commit of the program: what another version measured is measured again */
  constructor(folder: string, fingerprint: string, protocol: object, commit: string) {
    this.#folder = folder;
    this.#base = [1, fingerprint, protocol, commit];
  }

  /** What was measured for the job, or undefined. A file that cannot be read counts as none. */
  get(job: Job): Result | undefined {
    const path = this.#path(job);
    if (!existsSync(path)) return undefined;
    try {
      return JSON.parse(gunzipSync(readFileSync(path)).toString(), revived) as Result;
    } catch {
      return undefined;
    }
  }

  /** The file is whole or not there. */
  put(job: Job, result: Result): void {
    mkdirSync(this.#folder, { recursive: true });
    const path = this.#path(job);
    writeFileSync(`${path}.part`, gzipSync(JSON.stringify(result, packed)));
    renameSync(`${path}.part`, path);
    const curve = join(this.checkpointOf(job), curveName);
    if (existsSync(curve)) renameSync(curve, path.replace(/json\.gz$/, curveName));
    this.forget(job);
  }

  /** What was saved of the job's fit is not to be gone on from. */
  forget(job: Job): void {
    rmSync(this.checkpointOf(job), { recursive: true, force: true });
  }

  /** The folder in which the job's fit is saved on its way. */
  checkpointOf(job: Job): string {
    return resolve(this.#path(job).replace(/\.json\.gz$/, ".fit"));
  }

  #path(job: Job): string {
    const settings = Object.entries(job.config).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = hash("sha256", JSON.stringify([this.#base, { ...job, config: settings }]), "hex").slice(0, 20);
    return join(this.#folder, `${job.model}-${job.on}-${key}.json.gz`);
  }
}

const arrays = { Int32Array, Float32Array, Float64Array } as const;

/** Typed arrays go into JSON as their bytes, so that they come back to the bit, NaN included. */
function packed(_key: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { array: value.constructor.name, bytes: bytes.toString("base64") };
}

function revived(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("array" in value) || !("bytes" in value)) return value;
  const { array, bytes } = value as { array: keyof typeof arrays; bytes: string };
  return new arrays[array](new Uint8Array(Buffer.from(bytes, "base64")).buffer);
}
