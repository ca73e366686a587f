/**
 * HSTU (Zhai et al., Actions Speak Louder than Words: Trillion-Parameter Sequential Transducers for Generative
 * Recommendations, ICML 2024) as a graph. Its blocks have no feed-forward network and no softmax: how much a step takes of
 * an earlier one does not depend on how much it takes of others, so that how often something happened is not lost.
 *
 *     u, v, q, k = silu(norm(h) W)
 *     h = h + (norm(silu(q k' + bias) v / length) * u) O        bias learned by head and steps between
 *
 * Where time is read, a bias by the time between the question and each event, in buckets, is added to the one by steps.
 */
import { hstuBlock, relativeBias } from "../../nn/layers/attention.ts";
import { dropout } from "../../nn/layers/dropout.ts";
import { layerNormalization } from "../../nn/layers/linear.ts";
import type { Tensor } from "../../nn/tensor.ts";
import { itemRows, type NetworkBuilder, pairBuckets, stepReader } from "../sequence/network.ts";
import { timeBuckets } from "../sequence/steps.ts";

/** What the network's form follows from. */
export interface HstuForm {
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly dropout: number;
}

export const hstuNetwork: NetworkBuilder<HstuForm> = (form, sizes, training) => {
  const { width, heads, dropout: rate } = form;
  const { length } = sizes;
  const rows = itemRows(sizes, { width, training });
  const read = stepReader(rows, sizes, { width, positions: true });
  const bucketCount = sizes.reading.time === "pairs" ? timeBuckets : 0;
  const blocks = Array.from({ length: form.blocks }, (_, index) => ({
    block: hstuBlock(`block${index}`, { width, heads, causal: true }),
    bias: relativeBias(`block${index}.bias`, { heads, time: length, timeBuckets: bucketCount }),
  }));
  const last = layerNormalization("last", { width });
  return {
    table: rows.table,
    encode(steps) {
      let layer = 0;
      const drop = (x: Tensor) => dropout(x, { rate, layer: layer++, key: training?.dropoutKey });
      const time = steps.items.shape[1];
      const buckets = pairBuckets(steps);
      let h = drop(read(steps));
      for (const { block, bias } of blocks) {
        // Whatever the batch's length, a step sees the same.
        h = block(h, { bias: bias({ time, buckets }), dividedBy: length, onGated: drop });
      }
      return last(h);
    },
  };
};
