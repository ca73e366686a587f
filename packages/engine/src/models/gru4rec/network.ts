/**
 * GRU4Rec (Hidasi et al., Session-Based Recommendations with Recurrent Neural Networks, ICLR 2016; with losses over many
 * items: Hidasi and Karatzoglou, CIKM 2018) as a graph: items go through gated recurrent units one after the other, and each
 * state is projected to where the next item is to be looked for. What came when stands in the state, so that steps have no
 * positions.
 *
 *     h = dropout(sqrt(width) items);  h = dropout(gru(h))   per layer;  out = h P + p
 */
import { dropout } from "../../nn/layers/dropout.ts";
import { linear } from "../../nn/layers/linear.ts";
import { gru } from "../../nn/layers/recurrent.ts";
import type { Tensor } from "../../nn/tensor.ts";
import { itemRows, type NetworkBuilder, stepReader } from "../sequence/network.ts";

/** What the network's form follows from. */
export interface Gru4recForm {
  readonly width: number;
  readonly layers: number;
  readonly units: number;
  readonly dropout: number;
}

export const gru4recNetwork: NetworkBuilder<Gru4recForm> = (form, sizes, training) => {
  const { width, units, dropout: rate } = form;
  const rows = itemRows(sizes, { width, training });
  const read = stepReader(rows, sizes, { width, positions: false });
  const layers = Array.from({ length: form.layers }, (_, index) =>
    gru(`layer${index}`, { inputs: index === 0 ? width : units, units }),
  );
  const project = linear("project", { inputs: units, outputs: width });
  return {
    table: rows.table,
    encode(steps) {
      let place = 0;
      const drop = (x: Tensor) => dropout(x, { rate, layer: place++, key: training?.dropoutKey });
      return project(layers.reduce((h, layer) => drop(layer(h)), drop(read(steps))));
    },
  };
};
