/**
 * What a network is to everything around it: a function from questions to logits of yes, and, where it attends to the events
 * of a history, how much to each. What all of them share stands here: how items are represented, and the layers that answer.
 */
import { dropout } from "../../../nn/layers/dropout.ts";
import { type Layer, linear } from "../../../nn/layers/linear.ts";
import { reshape } from "../../../nn/operations/broadcasting.ts";
import { mul, relu } from "../../../nn/operations/elementwise.ts";
import { gather } from "../../../nn/operations/indexing.ts";
import { affine } from "../../../nn/operations/linear-algebra.ts";
import { pad } from "../../../nn/operations/shape.ts";
import { zeros } from "../../../nn/parameters.ts";
import { parameter, type Tensor } from "../../../nn/tensor.ts";
import type { ItemFeatures } from "../../sequence/item-features.ts";
import { itemRows, type TrainingForm } from "../../sequence/network.ts";
import type { WindowInputs } from "./windows.ts";

export interface UptakeAnswers {
  /** [batch] */
  readonly logits: Tensor;
  /** Of the events of the window; what it is at padding means nothing. [batch, length] */
  readonly attention?: Tensor;
}

/** What a network is built for, apart from its settings. */
export interface UptakeSizes {
  readonly items: number;
  /** Numbers that are read of an event. */
  readonly events: number;
  /** Numbers that are read of a question. */
  readonly dense: number;
  /** Whether the order of events means something. */
  readonly isTemporal: boolean;
  /** What items' rows are composed of while they are learned. Without it they are taken as composed. */
  readonly features?: ItemFeatures | undefined;
}

/** Builds a network's layers, beside which there is a line (`line.ts`); without a training form nothing is dropped. */
export type UptakeNetwork<Form> = (
  form: Form,
  sizes: UptakeSizes,
  training?: TrainingForm,
) => (inputs: WindowInputs) => UptakeAnswers;

/**
 * Reads rows of items by their keys: [...] to [..., width]. Key `items`, for what is hidden or has no key, reads zeros.
 * Composed rows are a parameter that has the row of zeros already.
 */
export function itemReader(
  { items, features }: UptakeSizes,
  { width, training }: { width: number; training: TrainingForm | undefined },
): Layer {
  const table =
    features === undefined
      ? parameter("items", [items + 1, width], { kind: "constant", value: 0 })
      : pad(itemRows({ items, features }, { width, training }).table, 0, 0, 1);
  return (keys) => mul(gather(table, keys), Math.sqrt(width));
}

/** Drops elements at one place after the other while training. */
export function dropping(rate: number, training: TrainingForm | undefined): Layer {
  let place = 0;
  return (x) => dropout(x, { rate, layer: place++, key: training?.dropoutKey });
}

/**
 * Two layers and a logit: relu(x W1 + b1), relu(. W2 + b2), . w + b. [batch, inputs] to [batch]. It begins with a logit of 0,
 * so that what is beside the layers, a line that is fitted already, does not begin with their noise on top.
 */
export function answering({ inputs, hidden }: { inputs: number; hidden: number }): (x: Tensor, drop: Layer) => Tensor {
  const narrow = Math.ceil(hidden / 2);
  const first = linear("first", { inputs, outputs: hidden });
  const second = linear("second", { inputs: hidden, outputs: narrow });
  const [weight, bias] = [parameter("logit.weight", [narrow, 1], zeros), parameter("logit.bias", [1], zeros)];
  return (x, drop) => {
    const hiddenUnits = drop(relu(second(drop(relu(first(x))))));
    return reshape(affine(hiddenUnits, weight, bias), [x.shape[0]]);
  };
}
