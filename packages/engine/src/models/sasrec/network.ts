/**
 * SASRec (Kang and McAuley, Self-Attentive Sequential Recommendation, ICDM 2018) as a graph: items and positions, blocks of
 * causal attention and a feed-forward network, each with a residual, and a normalisation at the end.
 *
 *     h = dropout(sqrt(width) items + positions)
 *     h = h + dropout(attention(norm(h)));  h = h + dropout(feedForward(norm(h)))      per block
 *     out = norm(h)
 *
 * Normalisation comes before each part (pre-norm), which trains more steadily than the paper's. A gated block is LiGR's (Borisyuk et al., LiGR, 2025): what a part gives is
 * multiplied by sigmoid(h gate), of the h that the part was given, and the feed-forward network is SwiGLU.
 */
import { selfAttention } from "../../nn/layers/attention.ts";
import { dropout } from "../../nn/layers/dropout.ts";
import { feedForward, swiglu } from "../../nn/layers/feed-forward.ts";
import { type Layer, layerNormalization, linear } from "../../nn/layers/linear.ts";
import { add, mul, sigmoid } from "../../nn/operations/elementwise.ts";
import type { Tensor } from "../../nn/tensor.ts";
import { itemRows, type NetworkBuilder, stepReader } from "../sequence/network.ts";

/** What the network's form follows from. */
export interface SasrecForm {
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly dropout: number;
  readonly gated: boolean;
  /** The feed-forward network's width, as a multiple of the sequence's. */
  readonly widening: number;
}

export const sasrecNetwork: NetworkBuilder<SasrecForm> = (form, sizes, training) => {
  const { width, dropout: rate } = form;
  const rows = itemRows(sizes, { width, training });
  const read = stepReader(rows, sizes, { width, positions: true });
  const blocks = Array.from({ length: form.blocks }, (_, index) => block(`block${index}`, form));
  const last = layerNormalization("last", { width });
  return {
    table: rows.table,
    encode(steps) {
      let layer = 0;
      const drop = (x: Tensor) => dropout(x, { rate, layer: layer++, key: training?.dropoutKey });
      let h = drop(read(steps));
      for (const parts of blocks) for (const part of parts) h = part(h, drop);
      return last(h);
    },
  };
};

/** A part of a block with its residual. */
type Part = (h: Tensor, drop: Layer) => Tensor;

function block(name: string, { width, heads, gated, widening }: SasrecForm): readonly Part[] {
  const attention = selfAttention(`${name}.attention`, { width, heads, causal: true });
  const hidden = widening * width;
  const wide = `${name}.feedForward`;
  const forward = gated ? swiglu(wide, { width, hidden }) : feedForward(wide, { width, hidden, activation: "relu" });
  return [
    residual(`${name}.attention`, { width, gated, layer: (x) => attention(x) }),
    residual(wide, { width, gated, layer: forward }),
  ];
}

function residual(name: string, options: { width: number; gated: boolean; layer: Layer }): Part {
  const { width, gated, layer } = options;
  const normalised = layerNormalization(`${name}.before`, { width });
  if (!gated) return (h, drop) => add(h, drop(layer(normalised(h))));
  const gate = linear(`${name}.open`, { inputs: width, outputs: width });
  return (h, drop) => add(h, mul(sigmoid(gate(h)), drop(layer(normalised(h)))));
}
