/** Trained models and the jobs that train them, on the wire. */
import { z } from "zod";
import { limits } from "./limits.ts";
import { time } from "./values.ts";

const count = z.int().min(0);
const modelId = z
  .string()
  .min(1)
  .max(limits.idLength)
  .meta({ description: "A model's kind and a number of its own.", examples: ["ease-1"] });
const settings = z.record(z.string().min(1).max(64), z.union([z.number(), z.string().max(64), z.boolean()]));

const measuredMean = z
  .strictObject({ value: z.number(), low: z.number().optional(), high: z.number().optional() })
  .meta({
    id: "MeasuredMean",
    description:
      "A mean over questions with the bounds of its 95 % bootstrap interval, which models of earlier versions were kept without.",
  });

export const modelValidation = z
  .strictObject({
    questions: count,
    metrics: z.record(z.string(), measuredMean).meta({ description: "By name: `NDCG@10`, `HR@10`, `MRR@10`." }),
    rival: z
      .strictObject({
        model: modelId,
        questions: count,
        own: z.number(),
        rivals: z.number(),
        difference: measuredMean.optional().meta({
          description: "The first less the second, question by question; above 0 the model is the better one.",
        }),
      })
      .optional()
      .meta({
        description:
          "The model that was promoted then, beside this one: mean NDCG@10 on the same questions, those whose answers it cannot have learned.",
      }),
  })
  .meta({
    id: "ModelValidation",
    description: "How the model did on events that were kept from it: the last one of those who were active last.",
  });

const curvePoint = z
  .strictObject({
    epoch: count,
    step: count.meta({ description: "Steps of the optimiser since the beginning." }),
    loss: z.number().meta({ description: "Mean over the epoch's examples." }),
    metrics: z.record(z.string(), z.number()).meta({ description: "On validation, by name." }),
    learningRate: z.number(),
    seconds: z.number().meta({ description: "Of computing since the beginning." }),
  })
  .meta({ id: "CurvePoint", description: "What one epoch of a network's training came to." });
export type CurvePoint = z.output<typeof curvePoint>;

export const registeredModel = z
  .strictObject({
    id: modelId,
    name: z.string().meta({ description: "Which recommender it is.", examples: ["ease"] }),
    version: z.int().meta({ description: "Of the form of its weights." }),
    config: settings,
    seed: z.int(),
    commit: z.string().meta({ description: "Of the Penchant that trained it." }),
    trainedAt: time,
    seconds: z.number(),
    data: z
      .strictObject({
        from: time,
        to: time,
        position: count.meta({ description: "Place in the log up to which it was read." }),
        users: count,
        items: count,
        interactions: count,
      })
      .meta({ description: "What it learned from." }),
    validation: modelValidation,
    files: z.record(z.string(), z.string()).meta({ description: "SHA-256 of its files, by their names." }),
    itemsUnknown: count.meta({
      description: "Items of the catalogue that came after its training.",
    }),
  })
  .meta({ id: "Model", description: "A trained model." });
export type RegisteredModel = z.output<typeof registeredModel>;

export const registeredModelDetail = registeredModel
  .extend({
    curve: z.array(curvePoint).meta({ description: "How its training went; of one that is no network it is empty." }),
  })
  .meta({ id: "ModelDetail", description: "A trained model, and how its training went." });
export type RegisteredModelDetail = z.output<typeof registeredModelDetail>;

export const modelList = z
  .strictObject({
    models: z.array(registeredModel).meta({ description: "Oldest first." }),
    promoted: modelId.nullable().meta({ description: "The model that scores in recommendations; null for none." }),
    promotions: z
      .array(z.strictObject({ model: modelId, at: time }))
      .meta({ description: "Oldest first; a rollback takes the last one away." }),
    damaged: z
      .array(z.strictObject({ id: z.string(), problem: z.string() }))
      .meta({ description: "Folders of models that cannot be used, and why." }),
  })
  .meta({ id: "ModelList" });
export type ModelList = z.output<typeof modelList>;

export const trainableModel = z
  .strictObject({
    name: z.string().meta({ description: "What a training asks for.", examples: ["ease"] }),
    description: z.string().meta({ description: "What it goes by and when to take it, in English." }),
    config: settings.meta({ description: "Its settings and their defaults." }),
  })
  .meta({ id: "TrainableModel", description: "A kind of recommender that can be trained." });
export type TrainableModel = z.output<typeof trainableModel>;

export const trainableList = z.strictObject({ models: z.array(trainableModel) }).meta({ id: "TrainableList" });

export const trainingBody = z
  .strictObject({
    model: z
      .string()
      .min(1)
      .max(64)
      .meta({ description: "Which recommender.", examples: ["ease", "markov"] }),
    config: settings.optional().meta({ description: "Settings other than the defaults." }),
    seed: z.int().min(0).max(2_147_483_647).optional().meta({ description: "Default: the engine's." }),
    promote: z
      .boolean()
      .optional()
      .meta({ description: "Promote it when it is not worse than what is promoted; default false." }),
  })
  .meta({ id: "TrainingRequest", examples: [{ model: "ease", config: { regularisation: 100 } }] });
export type TrainingBody = z.output<typeof trainingBody>;

export const trainingJob = z
  .strictObject({
    id: z.string(),
    model: z.string().meta({ description: "Which recommender." }),
    config: settings,
    seed: z.int(),
    startedBy: z.enum(["request", "schedule"]),
    state: z.enum(["running", "done", "failed", "cancelled"]),
    startedAt: time,
    endedAt: time.optional(),
    progress: z.number().min(0).max(1).meta({ description: "Part of the work that is done." }),
    note: z.string().optional().meta({ description: "What the model last said of its training." }),
    result: z
      .strictObject({ model: modelId, promoted: z.boolean() })
      .optional()
      .meta({ description: "The model that came of it." }),
    error: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
  })
  .meta({ id: "Job", description: "A training, under way or over." });
export type TrainingJob = z.output<typeof trainingJob>;

export const trainingJobDetail = trainingJob
  .extend({ curve: z.array(curvePoint).meta({ description: "Of a network, so far." }) })
  .meta({ id: "JobDetail", description: "A training, under way or over, and its curve." });
export type TrainingJobDetail = z.output<typeof trainingJobDetail>;

export const jobList = z
  .strictObject({ jobs: z.array(trainingJob) })
  .meta({ id: "JobList", description: "Newest first." });
