/**
 * HSTU (Zhai et al., ICML 2024): what comes next by attention that counts instead of choosing. The network is in
 * `network.ts`; it reads, learns and answers as `sasrec` does.
 */
import type { RecommenderModel } from "../../core/model.ts";
import { sequenceModel } from "../sequence/model.ts";
import { productReader } from "../sequence/reader.ts";
import { headsProblem, type SequenceTrainingConfig, sequenceDefaults, sequenceRanges } from "../sequence/settings.ts";
import { hstuEncoder } from "./encode.ts";

export interface HstuConfig extends SequenceTrainingConfig {
  /** 1 to 16. */
  readonly blocks: number;
  /** Heads of attention, a divisor of the width; 1 to 64. */
  readonly heads: number;
  /** Share of elements that are dropped while training; 0 to .9. */
  readonly dropout: number;
}

export const hstu: RecommenderModel<HstuConfig> = sequenceModel<HstuConfig>({
  name: "hstu",
  description: "A network that reads the order of events by attention without softmax, and how far apart they are.",
  version: 2,
  defaults: { ...sequenceDefaults, blocks: 2, heads: 1, dropout: 0.1 },
  grid: { blocks: [2, 4], dropout: [0.1, 0.3] },
  ranges: {
    ...sequenceRanges,
    blocks: { min: 1, max: 16, integer: true },
    heads: { min: 1, max: 64, integer: true },
    dropout: { min: 0, max: 0.9 },
  },
  problem: headsProblem,
  reader: productReader(hstuEncoder),
});
