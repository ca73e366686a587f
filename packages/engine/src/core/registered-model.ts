/** Trained models as the engine keeps them: what each is, which one answers, and the jobs that train. */
import type { CurvePoint, ModelSetting } from "./model.ts";

/** What a model learned from. */
export interface TrainedOn {
  /** Times of the earliest and the latest event, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Place in the log up to which it was read. */
  readonly position: number;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
}

/** A mean over questions with the bounds of its 95 % bootstrap interval, which models of earlier versions were kept without. */
export interface MeasuredMean {
  readonly value: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** How a model did on events that were kept from it: the last one of those who were active last. */
export interface ModelValidation {
  readonly questions: number;
  /** By name: `NDCG@10`, `HR@10`, `MRR@10`. */
  readonly metrics: Readonly<Record<string, MeasuredMean>>;
  /** The model that was promoted then, on the same questions as far as it cannot have learned their answers. */
  readonly rival?: RivalComparison;
}

/** Two models on the same questions, by mean NDCG@10. */
export interface RivalComparison {
  readonly model: string;
  readonly questions: number;
  readonly own: number;
  readonly rivals: number;
  /** The first less the second, question by question; above 0 the model is the better one. */
  readonly difference?: MeasuredMean | undefined;
}

export interface RegisteredModel {
  /** Its kind and a number of its own: `ease-3`. */
  readonly id: string;
  /** Which recommender it is. */
  readonly name: string;
  /** Of the form of its weights. */
  readonly version: number;
  readonly config: Readonly<Record<string, ModelSetting>>;
  readonly seed: number;
  /** Of the Penchant that trained it. */
  readonly commit: string;
  /** When its training began; milliseconds since 1970. */
  readonly trainedAt: number;
  readonly seconds: number;
  readonly data: TrainedOn;
  readonly validation: ModelValidation;
  /** SHA-256 of its files, by their names. */
  readonly files: Readonly<Record<string, string>>;
  /** Items of the catalogue that came after its training: it places them by what it reads of items, or says nothing of them. */
  readonly itemsUnknown: number;
}

export interface Promotion {
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface ModelList {
  /** Oldest first. */
  readonly models: readonly RegisteredModel[];
  /** The model that scores in recommendations; null for none. */
  readonly promoted: string | null;
  /** Oldest first; a rollback takes the last one away. */
  readonly promotions: readonly Promotion[];
  /** Folders of models that cannot be used, and why. */
  readonly damaged: readonly { readonly id: string; readonly problem: string }[];
}

/** A kind of recommender that can be trained. */
export interface TrainableModel {
  readonly name: string;
  /** What it goes by and when to take it, in one or two plain sentences. */
  readonly description: string;
  /** Its settings and their defaults. */
  readonly config: Readonly<Record<string, ModelSetting>>;
}

/** What a training is asked for. */
export interface TrainingRequest {
  /** Which recommender: a name from docs/models.md. */
  readonly model: string;
  /** Settings other than the defaults. */
  readonly config?: Readonly<Record<string, ModelSetting>>;
  /** Default: the engine's. */
  readonly seed?: number;
  /** Promote it when it is not worse than what is promoted; default false. */
  readonly promote?: boolean;
}

export type JobState = "running" | "done" | "failed" | "cancelled";

/** A model and how its training went, epoch by epoch; of one that is no network the curve is empty. */
export interface RegisteredModelDetail extends RegisteredModel {
  readonly curve: readonly CurvePoint[];
}

/** A training, under way or over. */
export interface TrainingJob {
  readonly id: string;
  readonly model: string;
  readonly config: Readonly<Record<string, ModelSetting>>;
  readonly seed: number;
  readonly startedBy: "request" | "schedule";
  readonly state: JobState;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Part of the work that is done, 0 to 1. */
  readonly progress: number;
  /** What the model last said of its training. */
  readonly note?: string;
  /** The model that came of it. */
  readonly result?: { readonly model: string; readonly promoted: boolean };
  readonly error?: { readonly code: string; readonly detail: string };
}

/** A training and its curve so far, of a network. */
export interface TrainingJobDetail extends TrainingJob {
  readonly curve: readonly CurvePoint[];
}
