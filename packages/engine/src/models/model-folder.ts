/**
 * Fitted models on disk: a folder with `weights.safetensors`, the model's tensors in the format that every framework reads,
 * and `model.json`, what it is: name, version, settings, the hash of the weights, and what whoever fitted it wants known.
 * `model.json` is written last, so that a folder that has it is whole.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { PenchantError } from "../base/errors.ts";
import type { ModelSetting, SavedModel, SavedTensor } from "../core/model.ts";
import { writeAtomically } from "../nn/files/atomic.ts";
import { readSafetensors, writeSafetensors } from "../nn/files/safetensors.ts";

/** The form of `model.json`. */
const format = 1;
const weightsName = "weights.safetensors";
const modelName = "model.json";

/** What `model.json` says besides the model: the data, the seed, the commit. */
export type ModelFacts = Readonly<Record<string, unknown>>;

interface ModelDocument {
  readonly format: number;
  readonly name: string;
  readonly version: number;
  readonly config: Readonly<Record<string, ModelSetting>>;
  /** SHA-256 of the weights' file, in hex. */
  readonly weightsHash: string;
  readonly facts: ModelFacts;
}

/** Writes the model, or replaces the one that is there. */
export async function writeModelFolder(folder: string, saved: SavedModel, facts: ModelFacts): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, weightsName);
  await writeSafetensors(path, { tensors: new Map(Object.entries(saved.tensors)), metadata: { model: saved.name } });
  const { name, version, config } = saved;
  const document: ModelDocument = { format, name, version, config, weightsHash: await hashOf(path), facts };
  const text = `${JSON.stringify(document, null, 2)}\n`;
  await writeAtomically(join(folder, modelName), [new TextEncoder().encode(text)]);
}

/**
 * The model, for its kind's `load`, which checks name, version and tensors.
 *
 * @throws PENCHANT_E_MODEL_FILE where there is none, or what is there is damaged or not of this form
 */
export async function readModelFolder(folder: string): Promise<{ saved: SavedModel; facts: ModelFacts }> {
  const unfit = (problem: string, cause?: unknown) =>
    new PenchantError("PENCHANT_E_MODEL_FILE", `${folder}: expected a stored model, but ${problem}.`, {
      details: { folder },
      cause,
    });
  const text = await readFile(join(folder, modelName), "utf8").catch((cause: unknown) => {
    throw unfit(`${modelName} cannot be read`, cause);
  });
  const document = parsed(text);
  if (document === undefined) throw unfit(`${modelName} is not what it should be in form ${format}`);
  const path = join(folder, weightsName);
  const hash = await hashOf(path).catch((cause: unknown) => {
    throw unfit(`${weightsName} cannot be read`, cause);
  });
  if (hash !== document.weightsHash) throw unfit(`${weightsName} is not the file that ${modelName} was written with`);
  const { tensors } = await readSafetensors(path);
  const { name, version, config, facts } = document;
  return {
    saved: { name, version, config, tensors: Object.fromEntries(tensors) as Record<string, SavedTensor> },
    facts,
  };
}

function parsed(text: string): ModelDocument | undefined {
  try {
    const document = JSON.parse(text) as ModelDocument | null;
    const { name, version, config, weightsHash } = document ?? {};
    const fits =
      document?.format === format &&
      typeof name === "string" &&
      typeof version === "number" &&
      typeof config === "object" &&
      config !== null &&
      typeof weightsHash === "string";
    return fits ? document : undefined;
  } catch {
    return undefined;
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
