/**
 * Self-attentive sequential recommendation (Kang and McAuley, ICDM 2018): what comes next follows from a person's items in
 * their order, the later ones and those that belong together weighing most. The network is in `network.ts`; losses over all
 * items or many drawn ones, which make most of its quality, follow Klenitskiy and Vasilev (Turning Dross Into Gold Loss: is
 * BERT4Rec really better than SASRec?, RecSys 2023), gBCE Petrov and Macdonald (gSASRec, RecSys 2023).
 */
import type { RecommenderModel } from "../../core/model.ts";
import { sequenceModel } from "../sequence/model.ts";
import { productReader } from "../sequence/reader.ts";
import { headsProblem, type SequenceTrainingConfig, sequenceDefaults, sequenceRanges } from "../sequence/settings.ts";
import { sasrecEncoder } from "./encode.ts";

export interface SasrecConfig extends SequenceTrainingConfig {
  /** Blocks of attention and feed-forward network; 1 to 16. */
  readonly blocks: number;
  /** Heads of attention, a divisor of the width; 1 to 64. */
  readonly heads: number;
  /** Share of elements that are dropped while training; 0 to .9. */
  readonly dropout: number;
  /** The feed-forward network's width, as a multiple of `width`; 1 to 8. */
  readonly widening: number;
  /** LiGR blocks: residuals through a gate, and SwiGLU. */
  readonly gated: boolean;
}

export const sasrec: RecommenderModel<SasrecConfig> = sequenceModel<SasrecConfig>({
  name: "sasrec",
  description: "A network that reads the order of events by self-attention. From a few hundred thousand events on.",
  version: 2,
  defaults: { ...sequenceDefaults, blocks: 2, heads: 1, dropout: 0.1, widening: 4, gated: false },
  grid: { dropout: [0.1, 0.3], gated: [false, true] },
  ranges: {
    ...sequenceRanges,
    blocks: { min: 1, max: 16, integer: true },
    heads: { min: 1, max: 64, integer: true },
    dropout: { min: 0, max: 0.9 },
    widening: { min: 1, max: 8, integer: true },
    gated: "boolean",
  },
  problem: headsProblem,
  reader: productReader(sasrecEncoder),
});
