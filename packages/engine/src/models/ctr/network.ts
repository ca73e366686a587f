/**
 * Three networks that say how likely somebody takes an item up, each reading what the one before reads and more:
 *
 * - `logistic`: the dense features alone, by the line that is beside all networks' layers: there are none here.
 * - `mlp`: beside them the item's row c, the mean of the rows and numbers of the events in the window, and the product of the two
 *   rows, element by element, through two layers.
 * - `din`: instead of the mean a sum weighted by target attention (Deep Interest Network; Zhou et al., KDD 2018), in which the
 *   item that is asked about says which events matter:
 *
 *       weight_j = sigmoid(relu([e_j, e_j * c, c] A + a) q + b)      of the event's row and numbers e_j
 *       interest = sum over the events of weight_j e_j / length of the window
 *
 *   As in the paper the weights do not sum to 1: twice as many fitting events are twice the interest. They lie between 0 and 1,
 *   so that they can be read as how much of an event counts for this item.
 */
import { linear } from "../../nn/layers/linear.ts";
import { meanPooling } from "../../nn/layers/pooling.ts";
import { reshape } from "../../nn/operations/broadcasting.ts";
import { add, mul, relu, sigmoid } from "../../nn/operations/elementwise.ts";
import { matmul } from "../../nn/operations/linear-algebra.ts";
import { concat, slice } from "../../nn/operations/shape.ts";
import { fill, type Tensor } from "../../nn/tensor.ts";
import { answering, dropping, itemReader, type UptakeNetwork, type UptakeSizes } from "../uptake/networks/network.ts";

/** What the network's form follows from. */
export interface CtrForm {
  readonly network: "logistic" | "mlp" | "din";
  readonly width: number;
  readonly hidden: number;
  readonly dropout: number;
  /** Width of the layer that weighs events. */
  readonly attention: number;
}

export const ctrNetwork: UptakeNetwork<CtrForm> = (form, sizes, training) => {
  if (form.network === "logistic") return ({ dense }) => ({ logits: fill(0, [dense.shape[0]]) });
  const { width, hidden, dropout: rate } = form;
  const read = itemReader(sizes, { width, training });
  const attend = form.network === "din" ? targetAttention(form, sizes) : undefined;
  const answer = answering({ inputs: sizes.dense + 3 * width + sizes.events, hidden });
  return ({ items, events, mask, candidates, dense }) => {
    const drop = dropping(rate, training);
    const candidate = drop(read(candidates)); //                                       [batch, width]
    const steps = concat([drop(read(items)), events], 2); //                           [batch, length, width + numbers]
    const attention = attend?.(steps, candidate, mask);
    const interest = attention ? weighted(steps, attention) : meanPooling(steps, mask);
    const matched = mul(slice(interest, 1, 0, width), candidate);
    const logits = answer(concat([dense, candidate, interest, matched], 1), drop);
    return { logits, ...(attention && { attention }) };
  };
};

function targetAttention({ width, attention: hidden }: CtrForm, { events }: UptakeSizes) {
  const ofEvent = linear("attention.event", { inputs: 2 * width + events, outputs: hidden });
  const ofCandidate = linear("attention.candidate", { inputs: width, outputs: hidden, bias: false });
  const weigh = linear("attention.weight", { inputs: hidden, outputs: 1 });
  return (steps: Tensor, candidate: Tensor, mask: Tensor): Tensor => {
    const [batch, length] = steps.shape;
    const meeting = mul(slice(steps, 2, 0, width), reshape(candidate, [batch, 1, width]));
    const units = add(ofEvent(concat([steps, meeting], 2)), reshape(ofCandidate(candidate), [batch, 1, hidden]));
    return mul(sigmoid(reshape(weigh(relu(units)), [batch, length])), mask);
  };
}

/** The sum of steps by their weights, over the length of the window. [batch, width] */
function weighted(steps: Tensor, weights: Tensor): Tensor {
  const [batch, length, width] = steps.shape;
  return reshape(matmul(reshape(weights, [batch, 1, length]), steps, { scale: 1 / length }), [batch, width]);
}
