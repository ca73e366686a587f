/**
 * Long-term and short-term interest, apart: what lasts is read from a person's interests with their strength, phase and
 * age; what is wanted now from the order of their newest events, by any sequence model. A gate for each person
 * and candidate says how much of each there is in a score. Both scores and the gate can be read (`explain`), and whoever asks
 * can set the gate (`query.longShort`). The network is in `network.ts`.
 */
import type { RecommenderModel } from "../../core/model.ts";
import type { Gru4recConfig } from "../gru4rec/gru4rec.ts";
import type { HstuConfig } from "../hstu/hstu.ts";
import type { SasrecConfig } from "../sasrec/sasrec.ts";
import type { EncoderName } from "../sequence/encoders.ts";
import { sequenceModel } from "../sequence/model.ts";
import { headsProblem, sequenceDefaults, sequenceRanges } from "../sequence/settings.ts";
import { longShortReader } from "./read.ts";

/** Settings of the encoders stand side by side; those of another than the chosen one say nothing. */
export interface LongShortConfig extends SasrecConfig, HstuConfig, Gru4recConfig {
  /** What reads the order of events. */
  readonly encoder: EncoderName;
  /** Nodes of a profile that are read, its strongest and the whole; 1 to 64. */
  readonly interests: number;
  /** What the loss of each part's own scores counts beside that of the joined ones; 0 to 10. */
  readonly apart: number;
}

export const longShort: RecommenderModel<LongShortConfig> = sequenceModel<LongShortConfig>({
  name: "long-short",
  description:
    "A network that reads lasting interest from the profile and passing interest from the order of events, and joins them by a gate.",
  version: 1,
  defaults: {
    ...sequenceDefaults,
    encoder: "sasrec",
    interests: 20,
    apart: 0.5,
    blocks: 2,
    heads: 1,
    dropout: 0.1,
    widening: 4,
    gated: false,
    layers: 1,
    units: 128,
  },
  grid: { encoder: ["sasrec", "hstu"], dropout: [0.1, 0.3] },
  ranges: {
    ...sequenceRanges,
    encoder: { oneOf: ["sasrec", "hstu", "gru4rec"] },
    interests: { min: 1, max: 64, integer: true },
    apart: { min: 0, max: 10 },
    blocks: { min: 1, max: 16, integer: true },
    heads: { min: 1, max: 64, integer: true },
    dropout: { min: 0, max: 0.9 },
    widening: { min: 1, max: 8, integer: true },
    gated: "boolean",
    layers: { min: 1, max: 4, integer: true },
    units: { min: 4, max: 1_024, integer: true },
  },
  problem: headsProblem,
  reader: longShortReader,
});
