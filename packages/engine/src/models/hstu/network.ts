/**
 * HSTU (Zhai et al., Actions Speak Louder than Words: Trillion-Parameter Sequential Transducers for Generative
 * Recommendations, ICML 2024) as a graph. Its blocks have no feed-forward network and no softmax: how much a step takes of
 * an earlier one does not depend on how much it takes of others, so that how often something happened is not lost.
 *
 *     u, v, q, k = silu(norm(h) W)
 *     h = h + (norm(silu(q k' + bias) v / length) * u) O        bias learned by head and steps between
 *
 * Nothing is known of the time here: the paper's bias by the time between two steps comes in beside the one by steps.
 */
import { hstuBlock, relativeBias } from "../../nn/layers/attention.ts";
import { dropout } from "../../nn/layers/dropout.ts";
import { layerNormalization } from "../../nn/layers/linear.ts";
import { slice } from "../../nn/operations/shape.ts";
import type { Tensor } from "../../nn/tensor.ts";
import { itemRows, type SequenceNetwork, type SequenceSizes, stepReader } from "../sequence/network.ts";

/** What the network's form follows from. */
export interface HstuForm {
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly dropout: number;
}

export function hstuNetwork(form: HstuForm, { items, length }: SequenceSizes): SequenceNetwork {
  const { width, heads, dropout: rate } = form;
  const rows = itemRows({ items, width });
  const read = stepReader(rows, { length, width });
  const blocks = Array.from({ length: form.blocks }, (_, index) => ({
    block: hstuBlock(`block${index}`, { width, heads, causal: true }),
    bias: relativeBias(`block${index}.bias`, { heads, time: length, timeBuckets: 0 }),
  }));
  const last = layerNormalization("last", { width });
  return {
    table: rows.table,
    encode(keys, key) {
      let layer = 0;
      const drop = (x: Tensor) => dropout(x, { rate, layer: layer++, key });
      const time = keys.shape[1];
      let h = drop(read(keys));
      for (const { block, bias } of blocks) {
        // Whatever the batch's length, a step sees the same.
        const near = slice(slice(bias(), 2, 0, time), 3, 0, time);
        h = block(h, { bias: near, dividedBy: length, onGated: drop });
      }
      return last(h);
    },
  };
}
