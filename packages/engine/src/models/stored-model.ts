/** What the registry knows of a model: read from its folder, without a look at the weights. */
import { z } from "zod";
import { PenchantError } from "../base/errors.ts";
import type { RegisteredModel } from "../core/registered-model.ts";
import { fileHashes, readModelDocument } from "./model-folder.ts";

/** A model of the registry; how much of today's catalogue it does not know is the engine's to say. */
export type StoredModel = Omit<RegisteredModel, "itemsUnknown"> & {
  /** Ids by the keys that the model scores. */
  readonly itemIds: readonly string[];
};

const meanSchema = z.object({ value: z.number(), low: z.number().optional(), high: z.number().optional() });
/** In the first form of `model.json` a mean was a number. */
const metricSchema = z.union([z.number().transform((value): z.output<typeof meanSchema> => ({ value })), meanSchema]);

/** What `model.json` says besides the model. */
const factsSchema = z.object({
  seed: z.int(),
  commit: z.string(),
  trainedAt: z.number(),
  seconds: z.number(),
  data: z.object({
    from: z.number(),
    to: z.number(),
    position: z.int().min(0),
    users: z.int().min(0),
    items: z.int().min(0),
    interactions: z.int().min(0),
  }),
  validation: z.object({
    questions: z.int().min(0),
    metrics: z.record(z.string(), metricSchema),
    rival: z
      .object({
        model: z.string(),
        questions: z.int(),
        own: z.number(),
        rivals: z.number(),
        difference: meanSchema.optional(),
      })
      .optional(),
  }),
  itemIds: z.array(z.string()),
});
export type TrainedFacts = z.output<typeof factsSchema>;

/**
 * The model of a folder of the registry.
 *
 * @throws PENCHANT_E_MODEL_FILE
 */
export async function readStoredModel(folder: string, id: string): Promise<StoredModel> {
  const document = await readModelDocument(folder);
  const facts = factsSchema.safeParse(document.facts);
  if (!facts.success) {
    const [{ path, message }] = facts.error.issues;
    throw new PenchantError(
      "PENCHANT_E_MODEL_FILE",
      `${folder}: expected a model that was trained on a log, but in model.json facts.${path.join(".")}: ${message}.`,
      { details: { model: id } },
    );
  }
  const { rival, ...validation } = facts.data.validation;
  const { name, version, config } = document;
  return {
    ...facts.data,
    validation: { ...validation, ...(rival && { rival }) },
    id,
    name,
    version,
    config,
    files: fileHashes(document),
  };
}
