/**
 * A window of events goes through long short-term memory, oldest first, and the item that is asked about looks back over its
 * states by additive attention (Bahdanau et al., Neural Machine Translation by Jointly Learning to Align and Translate,
 * ICLR 2015):
 *
 *     h_1 .. h_n = lstm(e_1 .. e_n)                          of the events' rows and numbers
 *     weight_j   = softmax over j of tanh(h_j W + c A + a) v        with the item's row c
 *     logit      = layers([dense, c, sum of weight_j h_j, h_n, (sum P) * c])
 *
 * P brings the attended state to the rows' width, where its product with the item's row says how well the two fit.
 */
import { linear } from "../../nn/layers/linear.ts";
import { additiveAttention } from "../../nn/layers/pooling.ts";
import { lstm } from "../../nn/layers/recurrent.ts";
import { mul } from "../../nn/operations/elementwise.ts";
import { concat } from "../../nn/operations/shape.ts";
import { answering, dropping, itemReader, type UptakeNetwork } from "../uptake/networks/network.ts";

/** What the network's form follows from. */
export interface LstmAttentionForm {
  readonly width: number;
  readonly units: number;
  readonly hidden: number;
  readonly dropout: number;
}

export const lstmAttentionNetwork: UptakeNetwork<LstmAttentionForm> = (form, sizes, training) => {
  const { width, units, hidden, dropout: rate } = form;
  const read = itemReader(sizes, { width, training });
  const remember = lstm("lstm", { inputs: width + sizes.events, units });
  const attend = additiveAttention("attention", { width: units, hidden: units, asked: width });
  const project = linear("project", { inputs: units, outputs: width });
  const answer = answering({ inputs: sizes.dense + 2 * width + 2 * units, hidden });
  return ({ items, events, mask, candidates, dense }) => {
    const drop = dropping(rate, training);
    const candidate = drop(read(candidates)); //                                       [batch, width]
    const steps = concat([drop(read(items)), events], 2); //                           [batch, length, width + numbers]
    const { output, lastHidden } = remember(steps); //                                 [batch, length, units]
    const { mean, weights } = attend(output, { keyMask: mask, asked: candidate });
    const matched = mul(project(mean), candidate);
    const logits = answer(concat([dense, candidate, mean, lastHidden, matched], 1), drop);
    return { logits, attention: weights };
  };
};
