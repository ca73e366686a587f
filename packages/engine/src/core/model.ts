/**
 * The contract of trainable recommenders: what they learn from, how they are fitted, saved and loaded again. A model is
 * deterministic: the same data, configuration and seed fit the same parameters.
 */
import type { InteractionTable } from "./interaction-table.ts";
import type { Item } from "./item.ts";
import type { Recommender, RecommenderQuery } from "./ports.ts";
import type { Phase } from "./profile.ts";

/** What a model learns from. Item keys are 0 to `itemCount - 1`. */
export interface TrainingData {
  readonly itemCount: number;
  /** Every user's interactions in time order; of equal times, in their original order. */
  readonly interactions: InteractionTable;
  /** Titles, texts and categories by item key, where they are known: content models need them. */
  readonly items?: readonly Item[] | undefined;
  /** Unit vectors of all items, where the caller has some; else models that read texts make their own. [itemCount, dimensions] */
  readonly vectors?: Float32Array | undefined;
  /** What models that stop early are measured on: questions and their answers, none of them in `interactions`. */
  readonly validation?: readonly ValidationCase[] | undefined;
}

export interface ValidationCase {
  readonly query: RecommenderQuery;
  /** Item keys to be found. */
  readonly targets: readonly number[];
}

/** What one epoch of a network's training came to: a point of the training's curve. */
export interface CurvePoint {
  /** From 1. */
  readonly epoch: number;
  /** Steps of the optimiser since the beginning. */
  readonly step: number;
  /** Mean of the loss over the epoch's examples. */
  readonly loss: number;
  /** On validation, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** Of computing since the beginning. */
  readonly seconds: number;
}

export interface ModelFitOptions {
  readonly seed: number;
  /** Stops the fit, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the part of the work done so far, 0 to 1, and what there is to say about it. */
  readonly onProgress?: ((done: number, note?: string) => void) | undefined;
  /**
   * Called with what whoever reads the model's figures should know of this fit: what it left out, where it stopped. The
   * notes of the progress have it, too.
   */
  readonly onRemark?: ((remark: string) => void) | undefined;
  /** Of a network: called after each epoch; where a fit goes on, first for the epochs that are done. */
  readonly onEpoch?: ((point: CurvePoint) => void) | undefined;
  /** A folder of this fit's own, where a long one saves how far it is and goes on from. Models that fit at once ignore it. */
  readonly checkpoint?: string | undefined;
}

export type ModelSetting = number | string | boolean;

/** A kind of recommender. `Config` is a flat object of numbers, strings and booleans. */
export interface RecommenderModel<Config extends object = object> {
  /** Stable and unique, lower case with hyphens: `item-neighbours`, `ease`. */
  readonly name: string;
  /** What it goes by and when to take it, in one or two plain sentences. */
  readonly description: string;
  readonly defaults: Readonly<Config>;
  /** The values of settings that are worth trying on validation, all combinations of them: few. The rest stays as in `defaults`. */
  readonly grid: Readonly<Record<string, readonly ModelSetting[]>>;
  /** What the scores are. Ratings are predicted values, in the units of the interactions' `value`. */
  readonly predicts: "ranking" | "ratings";
  /**
   * How its scores compare: as amounts, of which 0 says nothing and twice as much is twice as good, or as logits, the
   * logarithms of such amounts up to a constant. Default amounts.
   */
  readonly scale?: "amounts" | "logits" | undefined;
  /** The scores of a history of distinct items are the sums of each one's alone: an account of them is exact. */
  readonly isAdditive?: true | undefined;
  /** What is saved holds the histories of people, if not their names: it has to go when one of them is erased. */
  readonly keepsHistories?: true | undefined;
  /** @throws PENCHANT_E_MODEL_CONFIG for a setting out of range, PENCHANT_E_MODEL_DATA for data that it cannot learn from */
  fit(data: TrainingData, config: Config, options: ModelFitOptions): Promise<FittedRecommender>;
  /** @throws PENCHANT_E_MODEL_FILE for a model of another kind or version, or one that lacks a part */
  load(saved: SavedModel): FittedRecommender;
}

export interface FittedRecommender extends Recommender {
  /** Scores of many users at once, in order, for models that are faster so; equal to `score` one by one. */
  scoreMany?(queries: readonly RecommenderQuery[]): Promise<readonly Float32Array[]>;
  /**
   * The same model with items that came after its training, behind those that it has: placed by their categories and texts.
   * Absent where it could place none.
   */
  withItems?(items: readonly Item[]): FittedRecommender;
  /** Of models that keep long-term and short-term interest apart: how scores come about; undefined without a history. */
  explain?(query: RecommenderQuery): LongShortAccount | undefined;
  save(): SavedModel;
  /** Of a network: writes it as an ONNX file that any ONNX Runtime computes with; see `docs/models.md`. */
  writeGraph?(path: string, options?: { readonly batch?: number; readonly quantise?: boolean }): Promise<void>;
}

/**
 * How scores come about where long-term and short-term interest are read apart:
 * `score = gate * short + (1 - gate) * long`, of every item. Both are logarithms of probabilities, of
 * what comes next by the one alone or by the other; logits of a yes where the model is trained on yes and no.
 */
export interface LongShortAccount {
  /** 0, the long-term score alone, to 1. [items] */
  readonly gates: Float32Array;
  /** [items] */
  readonly short: Float32Array;
  /** [items] */
  readonly long: Float32Array;
  /** What the person is read by: short-term interest, and long-term interest. [width] */
  readonly vectors: { readonly short: Float32Array; readonly long: Float32Array };
  /** What long-term interest is read from, largest share first; the shares add up to 1. */
  readonly interests: readonly AttendedInterest[];
}

/** A node of a profile, with the share that it has of long-term interest. */
export interface AttendedInterest {
  /** Its category path, broadest first; empty for all that the person did. */
  readonly path: readonly string[];
  readonly share: number;
  readonly phase: Phase;
}

/** A fitted model as plain data: what a registry writes as `model.json` and safetensors. */
export interface SavedModel {
  readonly name: string;
  /** Of the form of `tensors`; a model reads the versions that it has written. */
  readonly version: number;
  readonly config: Readonly<Record<string, ModelSetting>>;
  readonly tensors: Readonly<Record<string, SavedTensor>>;
}

export interface SavedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int32Array;
}
