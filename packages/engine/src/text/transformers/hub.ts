/**
 * A model folder (`folder.ts`) from the Hugging Face Hub, or from a server that answers like it:
 *
 *     GET /api/models/ID/revision/REVISION?blobs=true    the commit, its files, their sizes and hashes
 *     GET /ID/resolve/COMMIT/FILE                        a file of that commit
 *
 * Only the files that a model folder needs are fetched, all of one commit, and each is held to the size and the hash that
 * the first answer gave: SHA-256 for what lies in large file storage, git's own hash of a blob for the rest. They come into a
 * folder beside the one that is asked for, which gets its name in one step when all of them are there. So a fetch that was cut off goes on
 * with the files that are missing, and what was fetched once is never asked for again.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { PenchantError } from "../../base/errors.ts";
import { syncFolder, withFile } from "../../nn/files/atomic.ts";
import { neededFiles, networks, optionalFiles } from "./folder.ts";

export interface HubSource {
  /** `OWNER/NAME`, such as `sentence-transformers/all-MiniLM-L6-v2`. */
  readonly hub: string;
  /** A branch, a tag or a commit. Default `main`, as it is when it is fetched. */
  readonly revision?: string | undefined;
  /** Default `https://huggingface.co`; a mirror, or a server inside a company. */
  readonly hubUrl?: string | undefined;
  /** Another file of the network than a model folder is looked through for. */
  readonly file?: string | undefined;
}

export interface HubOptions {
  /** Where models are kept, each in a folder of its own. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  /** Before the second try; the third waits twice as long. Default 1,000. */
  readonly retryMs?: number | undefined;
  /** Without a byte. Default 30,000. */
  readonly silenceMaxMs?: number | undefined;
}

const defaultHubUrl = "https://huggingface.co";
/** Of all files of a model together. */
const bytesMax = 4 * 1024 ** 3;
const listingBytesMax = 8 * 1024 ** 2;
const triesMax = 3;
const defaultRetryMs = 1_000;
const defaultSilenceMaxMs = 30_000;

const listing = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.int().min(0),
      blobId: z.string().regex(/^[0-9a-f]{40}$/),
      lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).nullish(),
    }),
  ),
});
type HubFile = z.infer<typeof listing>["siblings"][number];

/**
 * The folder of the model, fetched where it is not there yet. Rejects with the signal's reason.
 *
 * @throws PENCHANT_E_EMBEDDER when it cannot be fetched, or lacks what a model folder needs
 */
export async function fetchFromHub(source: HubSource, options: HubOptions): Promise<string> {
  const { hub, revision = "main", hubUrl = defaultHubUrl } = source;
  const target = join(options.folder, ...hub.split("/"), revision);
  if (existsSync(target)) return target;
  const base = hubUrl.replace(/\/+$/, "");
  try {
    const { sha, siblings } = await listed(`${base}/api/models/${hub}/revision/${revision}?blobs=true`, options);
    const files = wanted(siblings, source.file);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    if (bytes > bytesMax) throw new Error(`its files have ${bytes} bytes, and at most ${bytesMax} are fetched`);
    const staged = `${target}.part`;
    for (const file of files) {
      const path = join(staged, file.rfilename);
      await mkdir(dirname(path), { recursive: true });
      if (await isWhole(path, file)) continue;
      await tried(() => download(`${base}/${hub}/resolve/${sha}/${file.rfilename}`, path, file, options), options);
    }
    await rename(staged, target);
    await syncFolder(dirname(target));
    return target;
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new PenchantError(
      "PENCHANT_E_EMBEDDER",
      `The model ${hub} (${revision}) cannot be fetched from ${base}: ${reasonOf(cause)}. Its files may also be put into a folder that is configured instead; docs/text.md says which.`,
      { cause },
    );
  }
}

async function listed(url: string, options: HubOptions): Promise<z.infer<typeof listing>> {
  const text = await tried(async () => {
    const pieces: Uint8Array[] = [];
    let received = 0;
    for await (const bytes of await answered(url, options)) {
      received += bytes.length;
      if (received > listingBytesMax) break;
      pieces.push(bytes);
    }
    return Buffer.concat(pieces).toString();
  }, options);
  const { data } = listing.safeParse(parsed(text));
  if (data === undefined) throw new Error("it answers with something else than a list of files");
  return data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws Error naming what the model lacks */
function wanted(files: readonly HubFile[], chosen: string | undefined): HubFile[] {
  const find = (name: string) => files.find(({ rfilename }) => rfilename === name);
  const firstOf = (names: readonly string[]) => {
    const found = names.map(find).find((file) => file !== undefined);
    if (found === undefined) throw new Error(`it has no ${names.join(" and no ")}`);
    return found;
  };
  const network = firstOf(chosen === undefined ? networks : [chosen]);
  // Large networks keep their numbers beside them.
  const others = [...optionalFiles, `${network.rfilename}_data`].map(find).filter((file) => file !== undefined);
  return [...neededFiles.map((name) => firstOf([name])), ...others, network];
}

async function download(url: string, path: string, file: HubFile, options: HubOptions): Promise<void> {
  const hash = hashOf(file);
  let received = 0;
  const body = await answered(url, options);
  await withFile(path, "w", async (written) => {
    for await (const bytes of body) {
      received += bytes.length;
      if (received > file.size) break;
      hash.update(bytes);
      await written.writeFile(bytes);
    }
    await written.sync();
  });
  if (received !== file.size || hash.digest("hex") !== expectedHash(file)) {
    throw new Error(`${file.rfilename} is not the file that its list of files promises`);
  }
}

/** Whether an earlier fetch has brought the file. */
async function isWhole(path: string, file: HubFile): Promise<boolean> {
  if (!existsSync(path) || (await stat(path)).size !== file.size) return false;
  const hash = hashOf(file);
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest("hex") === expectedHash(file);
}

function hashOf({ lfs, size }: HubFile): Hash {
  return lfs ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}

function expectedHash({ lfs, blobId }: HubFile): string {
  return lfs ? lfs.sha256 : blobId;
}

/** A server that says no. */
class Refusal extends Error {
  readonly mayPass: boolean;

  constructor(status: number) {
    const isClosed = status === 401 || status === 403 || status === 404;
    super(`it answers with status ${status}${isClosed ? ", as for a model that is not there or not open to all" : ""}`);
    this.mayPass = status === 408 || status === 429 || status >= 500;
  }
}

/** The body of an answer, which fails when nothing comes for a while. @throws Refusal */
async function answered(url: string, options: HubOptions): Promise<AsyncIterable<Uint8Array>> {
  const { signal, silenceMaxMs = defaultSilenceMaxMs } = options;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`nothing came for ${silenceMaxMs} ms`)), silenceMaxMs);
  try {
    const signals = signal === undefined ? [silence.signal] : [silence.signal, signal];
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Refusal(response.status);
    }
    return heard(response.body, timer);
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
}

async function* heard(body: AsyncIterable<Uint8Array>, timer: NodeJS.Timeout): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of body) {
      timer.refresh();
      yield bytes;
    }
  } finally {
    clearTimeout(timer);
  }
}

async function tried<Result>(work: () => Promise<Result>, options: HubOptions): Promise<Result> {
  const { signal, retryMs = defaultRetryMs } = options;
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (tries === triesMax || (error instanceof Refusal && !error.mayPass)) throw error;
      await sleep(retryMs * tries, undefined, { signal });
    }
  }
}

/** `fetch` says only that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
