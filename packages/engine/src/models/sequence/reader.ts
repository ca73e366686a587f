/** What a fitted model makes of one person, on plain arrays. */
import type { LongShortAccount } from "../../core/model.ts";
import { rowMatrix } from "../item-scores.ts";
import type { Weights } from "../training/weights.ts";
import type { Interests, ProfileColumns, ProfileReading } from "./profiles.ts";
import type { StepColumns } from "./steps.ts";

/** A person as the model reads them at a question. */
export interface ReadPerson {
  /** One step or more, at most as many as the network reads. */
  readonly steps: StepColumns;
  /** After the last of them, by models that read profiles. */
  readonly profile: ProfileColumns | undefined;
  /** The gate, where whoever asks has set it. */
  readonly gate: number | undefined;
}

export interface SequenceReader {
  /** Of all items. */
  scores(person: ReadPerson): Float32Array;
  /** Of models that keep long-term and short-term interest apart. */
  readonly explain?: (person: ReadPerson) => LongShortAccount;
}

/** What a reader is made from. */
export interface ReaderParts<Config> {
  readonly config: Config;
  /** `items` composed. */
  readonly weights: Weights;
  readonly profile: ProfileReading | undefined;
  /** What the nodes of the profile's paths are called. */
  readonly nodes: Interests["nodes"];
}

/** From steps to the last one's vector. [width] */
export type Encode = (steps: StepColumns) => Float32Array;

/** Scores as products of a vector with the items' rows. */
export function productReader<Config extends { readonly width: number }>(
  encoder: (config: Config, weights: Weights) => Encode,
): (parts: ReaderParts<Config>) => SequenceReader {
  return ({ config, weights }) => {
    const table = rowMatrix(weights.items, config.width);
    const encode = encoder(config, weights);
    return { scores: ({ steps }) => table.products(encode(steps)) };
  };
}
