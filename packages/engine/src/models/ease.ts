/**
 * EASE, the shallow autoencoder (Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019): the item-item
 * matrix B that reproduces the user-item matrix X best without an item speaking for itself,
 *
 *     min |X - X B|^2 + regularisation |B|^2  with  diag(B) = 0,
 *
 * in closed form: P = (X'X + regularisation I)^-1, B_ij = -P_ij / P_jj. A person's scores are the sum of the rows of B of
 * what they had to do with. The memory is that of one dense matrix of items times items, which limits the catalogue.
 */
import type { FittedRecommender, RecommenderModel, SavedModel } from "../core/model.ts";
import { beginFit, dataError, distinctItems, queriedItems } from "./histories.ts";
import { openWorkspace, paddedWidth, type Workspace } from "./kernels/kernels.ts";
import { rowSums, rowSumsSpace } from "./kernels/row-sums.ts";
import { invertInPlace, squareMatrix, squareStride } from "./kernels/symmetric-inverse.ts";
import { paceOf } from "./pace.ts";
import { readSaved, savedModel } from "./saved.ts";
import { checkSettings } from "./settings.ts";

export interface EaseConfig {
  /** Added to the diagonal of X'X; more for sparse data, less for dense; 1e-3 to 1e6. */
  readonly regularisation: number;
}

/** A dense matrix of so many items takes 0.9 GB, and its saved form as much again. */
const itemsMax = 15_000;
const identity = { name: "ease", version: 1 };

export const ease: RecommenderModel<EaseConfig> = {
  name: identity.name,
  description:
    "A linear model of which items go together, in closed form. Strong, fitted in seconds; up to 15,000 items.",
  defaults: { regularisation: 500 },
  grid: { regularisation: [50, 100, 250, 500, 1_000] },
  predicts: "ranking",
  isAdditive: true,
  async fit(data, config, options) {
    const { itemCount } = data;
    checkSettings(identity.name, config, { regularisation: { min: 1e-3, max: 1e6 } });
    beginFit(identity.name, data, options);
    if (itemCount > itemsMax) throw dataError(identity.name, `takes up to ${itemsMax} items, got ${itemCount}.`);
    const matrix = squareMatrix(identity.name, itemCount, rowSumsSpace(squareStride(itemCount)));
    const { values, stride } = matrix;
    for (const items of distinctItems(data.interactions)) {
      for (let i = 0; i < items.length; i++) {
        const row = items[i] * stride;
        for (let j = i; j < items.length; j++) values[row + items[j]] += 1;
      }
    }
    for (let item = 0; item < itemCount; item++) values[item * stride + item] += config.regularisation;
    await invertInPlace(identity.name, matrix, paceOf(options));
    toWeights(values, stride, itemCount);
    return fitted({ workspace: matrix.workspace, values, stride, itemCount, config });
  },
  load: (saved) => loaded(saved),
};

/** P to B, in place. */
function toWeights(values: Float32Array, stride: number, itemCount: number): void {
  const scale = Float64Array.from({ length: itemCount }, (_, item) => -1 / values[item * stride + item]);
  for (let i = 0; i < itemCount; i++) {
    for (let j = 0; j < itemCount; j++) values[i * stride + j] *= scale[j];
    values[i * stride + i] = 0;
  }
}

function loaded(saved: SavedModel): FittedRecommender {
  const parts = readSaved(saved, identity);
  const itemCount = parts.shape("weights")[0];
  const weights = parts.rows("weights", itemCount);
  const stride = paddedWidth(itemCount);
  const workspace = openWorkspace(identity.name, [itemCount * stride, ...rowSumsSpace(stride)]);
  const values = workspace.floats(itemCount * stride);
  for (let item = 0; item < itemCount; item++) {
    values.set(weights.subarray(item * itemCount, (item + 1) * itemCount), item * stride);
  }
  return fitted({ workspace, values, stride, itemCount, config: saved.config });
}

interface Fitted {
  readonly workspace: Workspace;
  /** B, `[itemCount, stride]` row-major. */
  readonly values: Float32Array;
  readonly stride: number;
  readonly itemCount: number;
  readonly config: object;
}

function fitted({ workspace, values, stride, itemCount, config }: Fitted): FittedRecommender {
  const sumOf = rowSums(workspace, values, { stride, width: itemCount });
  return {
    name: identity.name,
    score: ({ history }) => sumOf(queriedItems(history, itemCount)),
    save() {
      const weights = new Float32Array(itemCount * itemCount);
      for (let item = 0; item < itemCount; item++) {
        weights.set(values.subarray(item * stride, item * stride + itemCount), item * itemCount);
      }
      return savedModel({ ...identity, config }, { weights: { shape: [itemCount, itemCount], values: weights } });
    },
  };
}
