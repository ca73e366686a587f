/**
 * Long-term and short-term interest, read apart and joined by a gate, as a graph. The gate of each person and candidate
 * follows SLi-Rec (Yu et al., Adaptive User Modeling with Long and Short-Term Preferences, IJCAI 2019), which has one for
 * each pair, too; what lasts is read of the nodes of a profile and not of single events.
 *
 *     short  = encoder(steps)                                             any sequence model's
 *     e_n    = relu(node_n + traits_n A + a)                              for the nodes n of the profile
 *     long   = norm((sum_n softmax(attention(e))_n e_n) B + b)
 *     gate_i = sigmoid([short; long] C c_i + (sum_n (w e_n) k_n) m_i + d)
 *     score_i = gate_i ln softmax(short x)_i + (1 - gate_i) ln softmax(long x)_i
 *
 * A gate that is free to choose makes one part the answer and the other the excuse: short-term scores above all others,
 * and the gate itself the ranking. So each part is trained to rank by itself as well; a gate that is set to 0 or 1 is then
 * a recommender of its own.
 *
 * Here x_i is the item's row, c_i a projection of it, k_n a learned key of each node, and m_i the sum of the keys of the item's
 * own nodes: what the profile knows of a candidate's interests comes to its gate by the products of keys, which begin
 * nearly orthogonal. All three of an item, x_i, [c_i; m_i] and 1, stand in one row of the table, and all three of a person in
 * one vector, so that gates cost a product more and nothing is computed per pair but the last line.
 */
import { dropout } from "../../nn/layers/dropout.ts";
import { layerNormalization, linear } from "../../nn/layers/linear.ts";
import { additiveAttention } from "../../nn/layers/pooling.ts";
import { reshape, sum } from "../../nn/operations/broadcasting.ts";
import { add, mul, relu } from "../../nn/operations/elementwise.ts";
import { gather, scatterAdd } from "../../nn/operations/indexing.ts";
import { concat, slice, split } from "../../nn/operations/shape.ts";
import { constant, fill, parameter, type Tensor } from "../../nn/tensor.ts";
import type { Gru4recForm } from "../gru4rec/network.ts";
import type { HstuForm } from "../hstu/network.ts";
import type { SasrecForm } from "../sasrec/network.ts";
import { type EncoderName, sequenceEncoders } from "../sequence/encoders.ts";
import type { NetworkBuilder, SequenceNetwork, SequenceSizes } from "../sequence/network.ts";
import { nodesOfItem, type ProfileReading, profileNodes, traitAt, traitCount } from "../sequence/profiles.ts";
import type { SequenceTrainingConfig } from "../sequence/settings.ts";

/** What the network's form follows from. */
export interface LongShortForm extends SasrecForm, HstuForm, Gru4recForm {
  readonly encoder: EncoderName;
  /** What the loss of each part's own scores counts beside that of the joined ones. */
  readonly apart: number;
  readonly loss: SequenceTrainingConfig["loss"];
}

/** Answers of yes or no lie on a level of their own; a softmax leaves it open. */
export function isNormalised({ loss }: Pick<LongShortForm, "loss">): boolean {
  return loss !== "gbce";
}

/** Of a node's state, and of what attention makes of it. */
export const stateWidth = 32;
export const attentionWidth = 16;
/** Of what stands for candidates, and of nodes' keys. */
export const gateWidth = 16;
/** Of all that a person and an item have for the gate: both products, and the bias. */
export const gateColumns = 2 * gateWidth + 1;
/** Of both vectors of a person where the gate reads them. */
export const gateScale = (width: number) => 1 / Math.sqrt(2 * width);
/** Of the place where long-term interest is dropped; encoders count theirs from 0. */
const longDropoutLayer = 2 ** 21;

export const longShortNetwork: NetworkBuilder<LongShortForm> = (form, sizes, training) => {
  const { width } = form;
  const profile = sizes.reading.profile as ProfileReading;
  const build = sequenceEncoders[form.encoder].build as NetworkBuilder<LongShortForm>;
  const short: SequenceNetwork = build(form, sizes, training);
  const nodeCount = profileNodes(profile);
  const ofNodes = parameter("interests.nodes", [nodeCount, stateWidth], { kind: "normal", deviation: 0.1 });
  const keys = parameter("gate.keys", [nodeCount, gateWidth], { kind: "normal", deviation: 1 / Math.sqrt(gateWidth) });
  const ofTraits = linear("interests.traits", { inputs: traitCount, outputs: stateWidth });
  const attended = additiveAttention("interests.attention", { width: stateWidth, hidden: attentionWidth });
  const long = linear("interests.long", { inputs: stateWidth, outputs: width });
  const normalised = layerNormalization("interests.last", { width });
  const ofPerson = linear("gate.person", { inputs: 2 * width, outputs: gateWidth });
  const ofInterest = linear("gate.interest", { inputs: stateWidth, outputs: 1 });
  const bias = linear("gate.bias", { inputs: 2 * width, outputs: 1 });
  const ofCandidate = linear("gate.candidate", { inputs: width, outputs: gateWidth, bias: false });
  return {
    table: concat([short.table, ofCandidate(short.table), itemKeys(keys, sizes), fill(1, [sizes.items, 1])], 1),
    encode: (steps) => short.encode(steps),
    withProfiles(hidden, { nodes, traits }) {
      const [rows, slots] = nodes.shape;
      const isReal = reshape(slice(traits, 2, traitAt.real, traitAt.real + 1), [rows, slots]);
      const states = relu(add(gather(ofNodes, nodes), ofTraits(traits)));
      const pooled = dropout(attended(states, { keyMask: isReal }).mean, {
        rate: form.dropout,
        layer: longDropoutLayer,
        key: training?.dropoutKey,
      });
      const lasting = normalised(long(pooled));
      // Small, so that a gate does not shut before what lies behind it has been learned.
      const person = mul(concat([hidden, lasting], 1), gateScale(width));
      const interests = mul(ofInterest(states), reshape(isReal, [rows, slots, 1]));
      const asKeys = sum(mul(interests, gather(keys, nodes)), { axes: [1] });
      return concat([hidden, lasting, ofPerson(person), asKeys, bias(person)], 1);
    },
    joins: {
      apart: form.apart,
      isNormalised: isNormalised(form),
      scores(vectors, rows, product) {
        const [ofShort, ofLong, ofGate] = split(vectors, vectors.shape.length - 1, [width, width, gateColumns]);
        const [item, candidate] = split(rows, rows.shape.length - 1, [width, gateColumns]);
        return { first: product(ofShort, item), second: product(ofLong, item), gate: product(ofGate, candidate) };
      },
    },
  };
};

/** The sum of the keys of each item's nodes, the whole's among them. [items, gateWidth] */
function itemKeys(keys: Tensor, { items, reading }: SequenceSizes): Tensor {
  const entries = Array.from({ length: items }, (_, item) =>
    nodesOfItem(reading.profile as ProfileReading, item).map(([node, share]) => ({ item, node, share })),
  ).flat();
  const ofNodes = gather(
    keys,
    constant(
      Int32Array.from(entries, ({ node }) => node),
      [entries.length],
    ),
  );
  const shared = mul(
    ofNodes,
    constant(
      Float32Array.from(entries, ({ share }) => share),
      [entries.length, 1],
    ),
  );
  return scatterAdd(
    constant(
      Int32Array.from(entries, ({ item }) => item),
      [entries.length],
    ),
    shared,
    items,
  );
}
