/**
 * Implicit alternating least squares (Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM
 * 2008): users and items get vectors whose products are near 1 for what was taken and near 0 for everything else, the
 * former with a confidence of 1 + alpha times the number of interactions, the latter with 1:
 *
 *     min  sum over all u, i of c_ui (p_ui - x_u' y_i)^2 + regularisation (sum n_u |x_u|^2 + sum n_i |y_i|^2),
 *
 * with n one and alpha times the interactions of a user or an item. Regularisation in proportion to them keeps its meaning
 * from one size and density of data to another (Zhou, Wilkinson, Schreiber and Pan, AAIM 2008; for implicit data Rendle,
 * Krichene, Zhang and Koren, Revisiting the Performance of iALS on Item Recommendation Benchmarks, RecSys 2022).
 * Users' and items' vectors are improved in turns (`solver.ts`). A person's vector is solved from their history when they
 * are asked for, so that nobody is unknown and no user vector has to be stored.
 */
import { seededRandom } from "../../base/random.ts";
import type { FittedRecommender, RecommenderModel } from "../../core/model.ts";
import { type SparseMatrix, transpose } from "../../core/sparse-matrix.ts";
import { beginFit, interactionCounts, queriedSequence } from "../histories.ts";
import { pad, rowMatrix, unpadded } from "../item-scores.ts";
import { openWorkspace, paddedWidth, type Workspace } from "../kernels/kernels.ts";
import { paceOf } from "../pace.ts";
import { readSaved, savedModel } from "../saved.ts";
import { checkSettings } from "../settings.ts";
import { type Entries, type Factors, openSolver, type Solver, solverSpace } from "./solver.ts";

export interface IalsConfig {
  /** Width of the vectors; 1 to 512. */
  readonly factors: number;
  /** Per interaction and alpha; 0 to 100. */
  readonly regularisation: number;
  /** Confidence that one interaction adds; 1e-3 to 1e4. */
  readonly alpha: number;
  /** Turns of users and items; 1 to 1,000. */
  readonly iterations: number;
  /** Steps of conjugate gradients per vector and turn; 1 to 100. */
  readonly steps: number;
}

const identity = { name: "ials", version: 1 };
/** A person's distinct items that are read, the latest ones. */
const queryItemsMax = 4_096;
/** A person's vector starts from nothing and is solved nearly to the end. */
const querySteps = 20;

export const ials: RecommenderModel<IalsConfig> = {
  name: identity.name,
  description: "People and items as vectors, by alternating least squares. For large catalogues.",
  defaults: { factors: 64, regularisation: 0.05, alpha: 1, iterations: 15, steps: 3 },
  grid: { factors: [64, 128], regularisation: [0.03, 0.1, 0.3], alpha: [1, 4, 16] },
  predicts: "ranking",
  async fit(data, config, options) {
    checkSettings(identity.name, config, {
      factors: { min: 1, max: 512, integer: true },
      regularisation: { min: 0, max: 100 },
      alpha: { min: 1e-3, max: 1e4 },
      iterations: { min: 1, max: 1_000, integer: true },
      steps: { min: 1, max: 100, integer: true },
    });
    beginFit(identity.name, data, options);
    const taken = interactionCounts(data.interactions, data.itemCount);
    const width = paddedWidth(config.factors);
    const [users, items, entries] = [taken.rows, taken.columns, taken.indices.length];
    const workspace = openWorkspace(identity.name, [
      users * width,
      items * width,
      entries,
      entries,
      entries,
      entries,
      ...solverSpace(width),
    ]);
    const random = seededRandom(options.seed);
    const userFactors: Factors = { rows: users, values: workspace.floats(users * width) };
    const itemFactors: Factors = { rows: items, values: workspace.floats(items * width) };
    for (const { values } of [userFactors, itemFactors]) {
      for (let at = 0; at < values.length; at++) if (at % width < config.factors) values[at] = 0.01 * random.normal();
    }
    const byUser = place(workspace, taken, config.alpha);
    const byItem = place(workspace, transpose(taken), config.alpha);
    const solver = openSolver(workspace, width, config.regularisation);
    const pace = paceOf(options);
    for (let iteration = 1; iteration <= config.iterations; iteration++) {
      improve(solver, userFactors, itemFactors, byUser, config.steps);
      improve(solver, itemFactors, userFactors, byItem, config.steps);
      await pace(iteration / config.iterations);
    }
    return fitted(unpadded(itemFactors.values, width, config.factors), config);
  },
  load(saved) {
    const config = saved.config as unknown as IalsConfig;
    return fitted(readSaved(saved, identity).floats("itemFactors"), config);
  },
};

function place(workspace: Workspace, { offsets, indices, values }: SparseMatrix, alpha: number): Entries {
  const placed = { offsets, indices: workspace.integers(indices.length), weights: workspace.floats(indices.length) };
  placed.indices.set(indices);
  for (const [entry, count] of values.entries()) placed.weights[entry] = alpha * count;
  return placed;
}

/** Every row of one side against the other. */
function improve(solver: Solver, side: Factors, other: Factors, entries: Entries, steps: number): void {
  const width = side.values.length / side.rows;
  solver.fix(other);
  for (let row = 0; row < side.rows; row++) {
    const vector = side.values.subarray(row * width, (row + 1) * width);
    solver.solve(vector, entries, entries.offsets[row], entries.offsets[row + 1], steps);
  }
}

/** @param itemFactors `[items, config.factors]` row-major */
function fitted(itemFactors: Float32Array, config: IalsConfig): FittedRecommender {
  const width = paddedWidth(config.factors);
  const itemCount = itemFactors.length / config.factors;
  const workspace = openWorkspace(identity.name, [
    itemCount * width,
    width,
    queryItemsMax,
    queryItemsMax,
    ...solverSpace(width),
  ]);
  const values = workspace.floats(itemCount * width);
  pad(values, width, itemFactors, config.factors);
  const person = workspace.floats(width);
  const entries = {
    offsets: new Int32Array(0),
    indices: workspace.integers(queryItemsMax),
    weights: workspace.floats(queryItemsMax),
  };
  const solver = openSolver(workspace, width, config.regularisation);
  solver.fix({ rows: itemCount, values });
  const matrix = rowMatrix(values, width);
  return {
    name: identity.name,
    score({ history }) {
      const counts = new Map<number, number>();
      for (const item of queriedSequence(history, itemCount).reverse()) {
        if (counts.has(item) || counts.size < queryItemsMax) counts.set(item, (counts.get(item) ?? 0) + 1);
      }
      let count = 0;
      for (const [item, times] of counts) {
        entries.indices[count] = item;
        entries.weights[count++] = config.alpha * times;
      }
      person.fill(0);
      solver.solve(person, entries, 0, count, querySteps);
      return matrix.products(person);
    },
    save() {
      const itemTensor = { shape: [itemCount, config.factors], values: itemFactors };
      return savedModel({ ...identity, config }, { itemFactors: itemTensor });
    },
  };
}
