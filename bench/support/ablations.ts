/** What a sequence model is made of, one change from a common base at a time. */
import type { ModelConfig } from "../../packages/engine/src/evaluate/measure.ts";

export interface Ablation {
  readonly name: string;
  readonly model: "sasrec" | "hstu" | "gru4rec";
  /** Beside the base's. */
  readonly changes: ModelConfig;
}

/** SASRec as its defaults have it; every other row differs from it by what its name says. */
export const base: Ablation = { name: "sasrec", model: "sasrec", changes: {} };

export const ablations: readonly Ablation[] = [
  base,
  { name: "256 negatives for a batch", model: "sasrec", changes: { loss: "sampled" } },
  {
    name: "256 negatives for a batch, by popularity, log-Q",
    model: "sasrec",
    changes: { loss: "sampled", drawExponent: 0.5 },
  },
  {
    name: "3,000 negatives for each sequence",
    model: "sasrec",
    changes: { loss: "sampled", negatives: 3_000, drawnFor: "sequence" },
  },
  { name: "gBCE, 256 negatives", model: "sasrec", changes: { loss: "gbce" } },
  { name: "gated blocks (LiGR)", model: "sasrec", changes: { gated: true } },
  { name: "feed-forward of one width", model: "sasrec", changes: { widening: 1 } },
  { name: "one block", model: "sasrec", changes: { blocks: 1 } },
  { name: "two heads", model: "sasrec", changes: { heads: 2 } },
  { name: "width 128", model: "sasrec", changes: { width: 128 } },
  { name: "dropout .3", model: "sasrec", changes: { dropout: 0.3 } },
  { name: "averaged weights", model: "sasrec", changes: { averaging: 0.995 } },
  { name: "category paths", model: "sasrec", changes: { paths: true } },
  { name: "texts", model: "sasrec", changes: { texts: true } },
  { name: "kinds of events", model: "sasrec", changes: { kinds: true } },
  { name: "the newest 50 events", model: "sasrec", changes: { length: 50 } },
  { name: "HSTU", model: "hstu", changes: {} },
  { name: "GRU4Rec", model: "gru4rec", changes: {} },
];
