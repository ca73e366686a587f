/**
 * Fitted models on disk: a folder with `weights.safetensors`, the model's tensors in the format that every framework reads,
 * of a network also `inference.onnx`, its graph for any ONNX Runtime, and `curve.jsonl`, how its training went, epoch by
 * epoch; and `model.json`, what it is: name, version, settings, the hashes of the files that it answers with, and what whoever
 * fitted it wants known. `model.json` is written last, so that a folder that has it is whole.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { PenchantError } from "../base/errors.ts";
import type { CurvePoint, ModelSetting, SavedModel, SavedTensor } from "../core/model.ts";
import { writeAtomically } from "../nn/files/atomic.ts";
import { readSafetensors, writeSafetensors } from "../nn/files/safetensors.ts";
import { curveName, readCurve, writeCurve } from "../nn/train/curve.ts";

/** The form of `model.json`. In the one before, the metrics of a registered model had no intervals. */
const format = 2;
const formatsRead: readonly unknown[] = [1, format];
const weightsName = "weights.safetensors";
const graphName = "inference.onnx";
const modelName = "model.json";

export { curveName };
/** All that a folder may hold. */
export const modelFileNames = [weightsName, graphName, curveName, modelName] as const;

/** What `model.json` says besides the model: the data, the seed, the commit. */
export type ModelFacts = Readonly<Record<string, unknown>>;

/** `model.json`. */
export interface ModelDocument {
  readonly format: number;
  readonly name: string;
  readonly version: number;
  readonly config: Readonly<Record<string, ModelSetting>>;
  /** SHA-256 of the weights' file, in hex. */
  readonly weightsHash: string;
  /** Of the graph's file, where there is one. */
  readonly graphHash?: string;
  readonly facts: ModelFacts;
}

/** What a folder has of a network besides. */
export interface NetworkParts {
  /** Writes its graph as a file of this path. */
  readonly writeGraph?: ((path: string) => Promise<void>) | undefined;
  /** How its training went. */
  readonly curve?: readonly CurvePoint[];
}

/** Writes the model, or replaces the one that is there. */
export async function writeModelFolder(
  folder: string,
  saved: SavedModel,
  facts: ModelFacts,
  { writeGraph, curve = [] }: NetworkParts = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, weightsName);
  await writeSafetensors(path, { tensors: new Map(Object.entries(saved.tensors)), metadata: { model: saved.name } });
  await writeGraph?.(join(folder, graphName));
  if (curve.length > 0) await writeCurve(folder, curve);
  const { name, version, config } = saved;
  const document: ModelDocument = {
    format,
    name,
    version,
    config,
    weightsHash: await hashOf(path),
    ...(writeGraph && { graphHash: await hashOf(join(folder, graphName)) }),
    facts,
  };
  const text = `${JSON.stringify(document, null, 2)}\n`;
  await writeAtomically(join(folder, modelName), [new TextEncoder().encode(text)]);
}

/**
 * The model, for its kind's `load`, which checks name, version and tensors.
 *
 * @throws PENCHANT_E_MODEL_FILE where there is none, or what is there is damaged or not of this form
 */
export async function readModelFolder(folder: string): Promise<{ saved: SavedModel; facts: ModelFacts }> {
  const { name, version, config, facts, ...hashes } = await readModelDocument(folder);
  await checkHash(folder, weightsName, hashes.weightsHash);
  if (hashes.graphHash !== undefined) await checkHash(folder, graphName, hashes.graphHash);
  const { tensors } = await readSafetensors(join(folder, weightsName));
  return {
    saved: { name, version, config, tensors: Object.fromEntries(tensors) as Record<string, SavedTensor> },
    facts,
  };
}

/**
 * What a folder says of its model, without a look at the other files.
 *
 * @throws PENCHANT_E_MODEL_FILE
 */
export async function readModelDocument(folder: string): Promise<ModelDocument> {
  const text = await readFile(join(folder, modelName), "utf8").catch((cause: unknown) => {
    throw unfit(folder, `${modelName} cannot be read`, cause);
  });
  const document = parsed(text);
  if (document === undefined) throw unfit(folder, `${modelName} is not what it should be in form ${format}`);
  return document;
}

/**
 * How the training of a folder's model went; empty for one that is no network.
 *
 * @throws PENCHANT_E_MODEL_FILE
 */
export async function readModelCurve(folder: string): Promise<readonly CurvePoint[]> {
  try {
    return await readCurve(folder);
  } catch (cause) {
    throw unfit(folder, `${curveName} cannot be read`, cause);
  }
}

/** The hashes of the files beside `model.json`, by their names. */
export function fileHashes({ weightsHash, graphHash }: ModelDocument): Record<string, string> {
  return { [weightsName]: weightsHash, ...(graphHash !== undefined && { [graphName]: graphHash }) };
}

function unfit(folder: string, problem: string, cause?: unknown): PenchantError {
  return new PenchantError("PENCHANT_E_MODEL_FILE", `${folder}: expected a stored model, but ${problem}.`, {
    details: { folder },
    cause,
  });
}

function parsed(text: string): ModelDocument | undefined {
  try {
    const document = JSON.parse(text) as ModelDocument | null;
    const { name, version, config, weightsHash, graphHash, facts } = document ?? {};
    const fits =
      formatsRead.includes(document?.format) &&
      typeof name === "string" &&
      typeof version === "number" &&
      typeof config === "object" &&
      config !== null &&
      typeof weightsHash === "string" &&
      (graphHash === undefined || typeof graphHash === "string") &&
      typeof facts === "object" &&
      facts !== null;
    return fits ? (document as ModelDocument) : undefined;
  } catch {
    return undefined;
  }
}

async function checkHash(folder: string, name: string, expected: string): Promise<void> {
  const hash = await hashOf(join(folder, name)).catch((cause: unknown) => {
    throw unfit(folder, `${name} cannot be read`, cause);
  });
  if (hash !== expected) throw unfit(folder, `${name} is not the file that ${modelName} was written with`);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
