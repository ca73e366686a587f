/**
 * A training on disk. `last.safetensors` holds all that is needed to go on as if nothing had happened: parameters, the
 * optimiser's slots, tables, and how far the training was; `best.safetensors` the weights of the best epoch; `curve.jsonl`
 * (curve.ts) what can be looked at meanwhile. Each is one file that is replaced in one step, so that a process killed at
 * any moment leaves a whole one.
 */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { PenchantError } from "../../base/errors.ts";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../files/safetensors.ts";
import { sameShape, typeOf } from "../tensor.ts";
import type { EpochReport } from "./options.ts";

/** How far a training is. */
export interface Progress {
  /** The epoch under way, from 1. */
  readonly epoch: number;
  /** Batches of it that are done. */
  readonly batchesDone: number;
  /** Steps done since the beginning. */
  readonly step: number;
  /** Of the epoch under way: sum of loss times examples, and examples. */
  readonly lossSum: number;
  readonly exampleCount: number;
  /** Batches of a whole epoch, once one is done. */
  readonly batchesInEpoch: number | null;
  readonly reports: readonly EpochReport[];
  readonly bestEpoch: number | null;
  readonly stoppedEarly: boolean;
  /** Computing since the beginning. */
  readonly seconds: number;
}

/** What must agree for a training to go on: settings by name, as texts. */
export type Identity = Readonly<Record<string, string>>;

const format = "penchant-training-2";
/** Its epochs had a number, a loss and metrics alone. */
const formatBefore = "penchant-training-1";

export function lastPath(folder: string): string {
  return join(folder, "last.safetensors");
}

export function bestPath(folder: string): string {
  return join(folder, "best.safetensors");
}

export async function writeCheckpoint(
  folder: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  identity: Identity,
  progress: Progress,
): Promise<void> {
  const metadata = { format, identity: JSON.stringify(identity), progress: JSON.stringify(progress) };
  await writeSafetensors(lastPath(folder), { tensors, metadata });
}

/**
 * The tensors and progress of the last checkpoint, or undefined where there is none.
 *
 * @param expected tensors of the shapes and types that it must have
 * @throws PENCHANT_E_NN_CHECKPOINT when the file is damaged or of another training
 */
export async function readCheckpoint(
  folder: string,
  expected: ReadonlyMap<string, StoredTensor>,
  identity: Identity,
): Promise<{ tensors: ReadonlyMap<string, StoredTensor>; progress: Progress } | undefined> {
  const path = lastPath(folder);
  if (!(await exists(path))) return undefined;
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata.format !== format && metadata.format !== formatBefore) {
    throw unfit(path, `its format is ${JSON.stringify(metadata.format ?? "none")} instead of "${format}"`);
  }
  const saved = parsed(path, metadata.identity) as Identity;
  for (const [name, value] of Object.entries(identity)) {
    if (saved[name] !== value) throw unfit(path, `its ${name} is ${saved[name]} and this training's is ${value}`);
  }
  expectTensors(path, tensors, expected);
  const progress = parsed(path, metadata.progress) as Progress;
  return { tensors, progress: metadata.format === format ? progress : completed(progress) };
}

/** What the form before did not keep: steps follow from the batches of an epoch, rates and seconds are not known. */
function completed(progress: Progress): Progress {
  const { reports, batchesInEpoch } = progress;
  const step = batchesInEpoch ?? 0;
  return {
    ...progress,
    seconds: 0,
    reports: reports.map((report) => ({ ...report, step: step * report.epoch, learningRate: 0, seconds: 0 })),
  };
}

/**
 * The weights of the best epoch.
 *
 * @throws PENCHANT_E_NN_CHECKPOINT when the file is missing, damaged or of another network
 */
export async function readWeights(
  path: string,
  expected: ReadonlyMap<string, StoredTensor>,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const { tensors } = await readSafetensors(path);
  expectTensors(path, tensors, expected);
  return tensors;
}

function expectTensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  expected: ReadonlyMap<string, StoredTensor>,
): void {
  for (const [name, { shape, values }] of expected) {
    const found = tensors.get(name);
    const wanted = describe({ shape, values });
    if (found === undefined) throw unfit(path, `it lacks "${name}", ${wanted}`);
    if (!sameShape(found.shape, shape) || typeOf(found.values) !== typeOf(values)) {
      throw unfit(path, `"${name}" is ${describe(found)} instead of ${wanted}`);
    }
  }
  for (const name of tensors.keys())
    if (!expected.has(name)) throw unfit(path, `it has "${name}", which is none of them`);
}

function parsed(path: string, text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw unfit(path, "what it says of itself is not JSON");
  }
}

function describe({ shape, values }: StoredTensor): string {
  return `${typeOf(values)} [${shape.join(", ")}]`;
}

function unfit(path: string, problem: string): PenchantError {
  return new PenchantError("PENCHANT_E_NN_CHECKPOINT", `${path} is not a checkpoint of this training: ${problem}.`, {
    details: { path },
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
