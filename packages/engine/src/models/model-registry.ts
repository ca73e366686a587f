/**
 * The trained models of an engine, in a folder of its data:
 *
 *   models/ease-3/            a model's folder (model-folder.ts), given its name when it is whole
 *   models/promotions.json    which model scored from when on; the last one does now
 *
 * Every change is one file or folder that takes its name at once: whoever looks, after a crash too, finds the models and the
 * promotion from before or from after. A model that is damaged is told of and not used; the others are.
 *
 * So that disks do not fill: of more than `limits.models` the oldest goes that is in no promotion, and of promotions the
 * last `limits.promotions` are remembered.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { PenchantError } from "../base/errors.ts";
import { limits } from "../core/limits.ts";
import type { Promotion } from "../core/registered-model.ts";
import { syncFolder, writeAtomically } from "../nn/files/atomic.ts";
import { readModelDocument } from "./model-folder.ts";
import { readStoredModel, type StoredModel } from "./stored-model.ts";

export const modelsName = "models";
export const promotionsName = "promotions.json";
const promotionsFormat = 1;
/** Its kind and a number; `.` begins the names of what is not whole yet. */
export const modelIdPattern = /^([a-z0-9]+(?:-[a-z0-9]+)*)-(\d{1,9})$/;
const stagePrefix = ".staged-";
const checkpointPrefix = ".training-";

const promotionsSchema = z.object({
  format: z.literal(promotionsFormat),
  promotions: z.array(z.object({ model: z.string(), at: z.number() })),
});

export class ModelRegistry {
  readonly folder: string;
  readonly #models = new Map<string, StoredModel>();
  readonly #damaged = new Map<string, string>();
  #promotions: readonly Promotion[] = [];
  /** Changes happen one after the other. */
  #line: Promise<unknown> = Promise.resolve();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Reads what there is in a data folder. What is damaged is set aside, with what is wrong with it. */
  static async open(dataDir: string): Promise<ModelRegistry> {
    const registry = new ModelRegistry(join(dataDir, modelsName));
    await registry.#read();
    return registry;
  }

  /** In order of their numbers. */
  list(): readonly StoredModel[] {
    return [...this.#models.values()].sort((a, b) => numberOf(a.id) - numberOf(b.id));
  }

  damaged(): readonly { readonly id: string; readonly problem: string }[] {
    return [...this.#damaged].map(([id, problem]) => ({ id, problem }));
  }

  /** @throws PENCHANT_E_MODEL_NOT_FOUND; PENCHANT_E_MODEL_FILE for one that is damaged */
  get(id: string): StoredModel {
    const model = this.#models.get(id);
    if (model !== undefined) return model;
    const problem = this.#damaged.get(id);
    if (problem !== undefined) throw new PenchantError("PENCHANT_E_MODEL_FILE", problem, { details: { model: id } });
    throw new PenchantError("PENCHANT_E_MODEL_NOT_FOUND", `There is no model ${JSON.stringify(id)}.`);
  }

  /** The same, undefined where there is none that can be used. */
  find(id: string): StoredModel | undefined {
    return this.#models.get(id);
  }

  folderOf(id: string): string {
    return join(this.folder, id);
  }

  /** Oldest first. */
  get promotions(): readonly Promotion[] {
    return this.#promotions;
  }

  get promoted(): string | undefined {
    return this.#promotions.at(-1)?.model;
  }

  /** Where a training saves how far it is, by what is trained from what; those of other trainings are let go. */
  async checkpoint(key: string): Promise<string> {
    const name = `${checkpointPrefix}${key}`;
    for (const other of await namesIn(this.folder)) {
      if (other.startsWith(checkpointPrefix) && other !== name) await this.#removeFolder(other);
    }
    return join(this.folder, name);
  }

  /** A new folder to write a model into; `add` takes it in. */
  async stage(): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    return mkdtemp(join(this.folder, stagePrefix));
  }

  /** Takes in the model that was written into a folder of `stage`. */
  add(staged: string): Promise<StoredModel> {
    return this.#inLine(async () => {
      const { name } = await readModelDocument(staged);
      const taken = [...this.#models.keys(), ...this.#damaged.keys()].map(numberOf);
      const id = `${name}-${Math.max(0, ...taken) + 1}`;
      await rename(staged, this.folderOf(id));
      await syncFolder(this.folder);
      const model = await this.#stored(id);
      this.#models.set(id, model);
      await this.#letGo();
      return model;
    });
  }

  /** A model turns out to be damaged: from now on it is told of and not used. Throws what is no damage of it. */
  setAside(id: string, error: unknown): void {
    if (!PenchantError.isInstance(error)) throw error;
    this.#models.delete(id);
    // As seen from the data folder: what is told to others names no place on this machine.
    this.#damaged.set(id, error.message.replaceAll(this.folder, modelsName));
  }

  /** Makes a model the one that scores. @param at milliseconds since 1970 */
  promote(id: string, at: number): Promise<void> {
    return this.#inLine(async () => {
      this.get(id);
      await this.#writePromotions([...this.#promotions, { model: id, at }].slice(-limits.promotions));
    });
  }

  /** Takes the last promotion back. */
  rollback(): Promise<void> {
    return this.#inLine(() => this.#writePromotions(this.#promotions.slice(0, -1)));
  }

  /** Removes models for good, and their promotions. */
  remove(ids: readonly string[]): Promise<void> {
    return this.#inLine(async () => {
      const stay = this.#promotions.filter(({ model }) => !ids.includes(model));
      if (stay.length < this.#promotions.length) await this.#writePromotions(stay);
      for (const id of ids) {
        this.#models.delete(id);
        await this.#removeFolder(id);
      }
    });
  }

  async #read(): Promise<void> {
    for (const name of await namesIn(this.folder)) {
      // What a crash has left half written.
      if (name.startsWith(stagePrefix)) await this.#removeFolder(name);
      if (!modelIdPattern.test(name)) continue;
      try {
        this.#models.set(name, await this.#stored(name));
      } catch (error) {
        this.setAside(name, error);
      }
    }
    try {
      this.#promotions = await readPromotions(join(this.folder, promotionsName));
    } catch (error) {
      this.setAside(promotionsName, error);
    }
  }

  async #stored(id: string): Promise<StoredModel> {
    return readStoredModel(this.folderOf(id), id);
  }

  async #writePromotions(promotions: readonly Promotion[]): Promise<void> {
    const text = `${JSON.stringify({ format: promotionsFormat, promotions }, null, 2)}\n`;
    await writeAtomically(join(this.folder, promotionsName), [new TextEncoder().encode(text)]);
    this.#promotions = promotions;
    this.#damaged.delete(promotionsName);
  }

  async #letGo(): Promise<void> {
    const kept = new Set(this.#promotions.map(({ model }) => model));
    const spare = this.list().filter(({ id }) => !kept.has(id));
    for (const { id } of spare.slice(0, Math.max(0, this.#models.size - limits.models))) {
      this.#models.delete(id);
      await this.#removeFolder(id);
    }
  }

  /** Under another name first, so that no half of it is ever taken for a model. */
  async #removeFolder(name: string): Promise<void> {
    const path = join(this.folder, name);
    const gone = name.startsWith(stagePrefix) ? path : join(this.folder, `${stagePrefix}gone-${name}`);
    if (gone !== path) await rename(path, gone);
    await rm(gone, { recursive: true, force: true });
  }

  #inLine<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#line.then(work);
    this.#line = result.catch(() => undefined);
    return result;
  }
}

const numberOf = (id: string): number => Number(modelIdPattern.exec(id)?.[2] ?? 0);

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function readPromotions(path: string): Promise<readonly Promotion[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = undefined;
  }
  const result = promotionsSchema.safeParse(document);
  if (result.success) return result.data.promotions;
  throw new PenchantError(
    "PENCHANT_E_MODEL_FILE",
    `${path}: expected the list of promoted models in form ${promotionsFormat}, got something else; remove the file and promote a model again.`,
    { details: { path } },
  );
}
