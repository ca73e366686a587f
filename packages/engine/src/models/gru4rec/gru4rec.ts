/**
 * GRU4Rec (Hidasi et al., ICLR 2016): what comes next by a state that is carried from item to item. The network is in
 * `network.ts`; it learns and answers as `sasrec` does.
 */
import type { RecommenderModel } from "../../core/model.ts";
import { sequenceModel } from "../sequence/model.ts";
import { productReader } from "../sequence/reader.ts";
import { type SequenceTrainingConfig, sequenceDefaults, sequenceRanges } from "../sequence/settings.ts";
import { gru4recEncoder } from "./encode.ts";

export interface Gru4recConfig extends SequenceTrainingConfig {
  /** Recurrent layers, one after the other; 1 to 4. */
  readonly layers: number;
  /** Width of a layer's state; 4 to 1,024. */
  readonly units: number;
  /** Share of elements that are dropped while training; 0 to .9. */
  readonly dropout: number;
}

export const gru4rec: RecommenderModel<Gru4recConfig> = sequenceModel<Gru4recConfig>({
  name: "gru4rec",
  description: "A recurrent network that reads the order of events.",
  version: 2,
  defaults: { ...sequenceDefaults, layers: 1, units: 128, dropout: 0.1 },
  grid: { units: [128, 256], dropout: [0.1, 0.3] },
  ranges: {
    ...sequenceRanges,
    layers: { min: 1, max: 4, integer: true },
    units: { min: 4, max: 1_024, integer: true },
    dropout: { min: 0, max: 0.9 },
  },
  reader: productReader(gru4recEncoder),
});
