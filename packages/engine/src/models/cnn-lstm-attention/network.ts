/**
 * Convolution finds what a few events in a row have in common, pooling keeps the strongest of it, and two layers of long
 * short-term memory follow it through the window; the item that is asked about looks back over the second one's states by
 * additive attention.
 *
 *     p = largest in pairs of relu(convolution(e_1 .. e_n))           [length / 2, filters]
 *     h = lstm2(lstm1(p));  attended = attention(h, c)                with the item's row c
 *     logit = layers([dense, c, attended, h_n, (attended P) * c])
 *
 * Where the data have no times, an order of events is one of the file and means nothing. Then there is no memory and no
 * neighbourhood: each event goes through the convolution by itself, and the item attends to the events as to a set.
 */
import { convolution } from "../../nn/layers/convolution.ts";
import { linear } from "../../nn/layers/linear.ts";
import { additiveAttention, maxPooling, windowedMaxPooling } from "../../nn/layers/pooling.ts";
import { lstm } from "../../nn/layers/recurrent.ts";
import { reshape, sum } from "../../nn/operations/broadcasting.ts";
import { div, maximum, mul, relu } from "../../nn/operations/elementwise.ts";
import { max } from "../../nn/operations/reduction.ts";
import { concat, pad, slice } from "../../nn/operations/shape.ts";
import type { Tensor } from "../../nn/tensor.ts";
import { answering, dropping, itemReader, type UptakeNetwork } from "../uptake/networks/network.ts";

/** What the network's form follows from. */
export interface CnnLstmAttentionForm {
  readonly width: number;
  /** Of the convolution. */
  readonly filters: number;
  /** Events that a filter sees, odd. */
  readonly kernel: number;
  readonly units: number;
  readonly hidden: number;
  readonly dropout: number;
}

/** Events of which the strongest is kept. */
const pooled = 2;

export const cnnLstmAttentionNetwork: UptakeNetwork<CnnLstmAttentionForm> = (form, sizes, training) => {
  const { width, filters, units, hidden, dropout: rate } = form;
  const kernel = sizes.isTemporal ? form.kernel : 1;
  const read = itemReader(sizes, { width, training });
  const filter = convolution("convolution", {
    inputs: width + sizes.events,
    outputs: filters,
    kernel,
    padding: "same",
  });
  const remember = sizes.isTemporal
    ? [lstm("lstm1", { inputs: filters, units }), lstm("lstm2", { inputs: units, units })]
    : [];
  const states = sizes.isTemporal ? units : filters;
  const attend = additiveAttention("attention", { width: states, hidden: states, asked: width });
  const project = linear("project", { inputs: states, outputs: width });
  const answer = answering({ inputs: sizes.dense + 2 * width + 2 * states, hidden });
  return ({ items, events, mask, candidates, dense }) => {
    const drop = dropping(rate, training);
    const [batch, length] = items.shape;
    const candidate = drop(read(candidates)); //                                       [batch, width]
    const steps = concat([drop(read(items)), events], 2); //                           [batch, length, width + numbers]
    const found = mul(relu(filter(steps)), reshape(mask, [batch, length, 1])); //      [batch, length, filters]
    let [h, keyMask, summary]: Tensor[] = [found, mask, maxPooling(found)];
    if (sizes.isTemporal) {
      // The newest events are at the end, and pairs are counted from there.
      const odd = length % pooled;
      h = windowedMaxPooling(pad(found, 1, odd, 0), pooled);
      keyMask = max(reshape(pad(mask, 1, odd, 0), [batch, -1, pooled]), { axes: [2] });
      for (const layer of remember) {
        const { output, lastHidden } = layer(h);
        h = drop(output);
        summary = lastHidden;
      }
    }
    const { mean, weights } = attend(h, { keyMask, asked: candidate });
    const matched = mul(project(mean), candidate);
    const logits = answer(concat([dense, candidate, mean, summary, matched], 1), drop);
    return { logits, attention: sizes.isTemporal ? perEvent(weights, mask) : weights };
  };
};

/** The weights of pairs, shared by the real events of each. [batch, length] */
function perEvent(weights: Tensor, mask: Tensor): Tensor {
  const [batch, length] = mask.shape;
  const pairs = weights.shape[1];
  const missing = pairs * pooled - length;
  const real = reshape(pad(mask, 1, missing, 0), [batch, pairs, pooled]);
  const shares = div(real, maximum(sum(real, { axes: [2], keep: true }), 1));
  const each = mul(shares, reshape(weights, [batch, pairs, 1]));
  return slice(reshape(each, [batch, pairs * pooled]), 1, missing, pairs * pooled);
}
