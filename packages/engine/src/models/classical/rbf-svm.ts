/**
 * The support-vector machine with radial basis functions: a row's margin is a sum of bumps around rows that were learned from,
 * those that lie at the border between yes and no (`smo.ts`). Time and memory grow with the square of the rows, and every answer
 * asks all of the bumps; so it learns from 20,000 rows at most, drawn with the seed where there are more. Margins become
 * probabilities in `margins.ts`.
 */
import { seededRandom } from "../../base/random.ts";
import type { ModelFitOptions } from "../../core/model.ts";
import { paceOf } from "../pace.ts";
import { fileError } from "../saved.ts";
import { type Calibration, loadCalibration } from "./calibration.ts";
import { type FeatureMatrix, type LabelledFeatures, rowCount, selectFeatures, selectLabelled } from "./features.ts";
import type { FittedLearner, Learner } from "./learner.ts";
import { checkLinear } from "./linear.ts";
import { fitCalibrated } from "./margins.ts";
import { rbfKernel, rbfRows } from "./rbf-kernel.ts";
import { solveDual } from "./smo.ts";

export interface RbfSvmConfig {
  /** What a row on the wrong side costs beside the width of the margin; 1e-6 to 1e6. */
  readonly cost: number;
  /** How narrow the bumps are: distances squared are multiplied by it and divided by the number of columns; 1e-6 to 1e6. */
  readonly gamma: number;
  /** Learns from so many rows, drawn evenly where there are more; 2 to 20,000. */
  readonly rows: number;
}

const name = "rbf-svm";
const tolerance = 1e-3;
/** Steps for each row, at most: LIBSVM's own limit. */
const stepsPerRow = 100;

/** Bumps: the rows that the margin depends on, and how much. */
interface Machine {
  readonly support: FeatureMatrix;
  /** Of each such row, and the intercept behind them. [rows + 1] */
  readonly heights: Float64Array;
  margins(features: FeatureMatrix): Float64Array;
}

export const rbfSvm: Learner<RbfSvmConfig> = {
  name,
  defaults: { cost: 1, gamma: 1, rows: 10_000 },
  ranges: {
    cost: { min: 1e-6, max: 1e6 },
    gamma: { min: 1e-6, max: 1e6 },
    rows: { min: 2, max: 20_000, integer: true },
  },
  grid: { cost: [0.1, 1, 10], gamma: [0.3, 1, 3] },
  reads: "scaled",
  async fit(train, validation, config, options) {
    checkLinear(name, train.features);
    const drawn = draw(train, config.rows, options.seed);
    const { machine, calibration } = await fitCalibrated(drawn, validation, options.seed, (rows, { from, to }) =>
      solve(rows, config, {
        ...options,
        onProgress: (done, note) => options.onProgress?.(from + done * (to - from), note),
      }),
    );
    return fitted(machine, calibration, config.gamma);
  },
  load(parts, columnCount) {
    const values = parts.floats("support");
    const heights = parts.doubles("heights");
    const [gamma] = parts.doubles("gamma");
    if (values.length !== (heights.length - 1) * columnCount) {
      throw fileError(
        name,
        `expected ${heights.length - 1} rows of ${columnCount} columns, got ${values.length} values.`,
      );
    }
    const names = Array.from({ length: columnCount }, (_, column) => `${column}`);
    return fitted(machineOf({ names, values }, heights, gamma), loadCalibration(parts, "calibration"), gamma);
  },
};

function fitted(machine: Machine, calibration: Calibration, gamma: number): FittedLearner {
  const { support, heights } = machine;
  return {
    probabilities: (features) => calibration.probabilities(machine.margins(features)),
    tensors: {
      support: { shape: [heights.length - 1, support.names.length], values: support.values },
      heights,
      gamma: Float64Array.of(gamma),
      calibration: calibration.tensor,
    },
  };
}

/** Rows that count, as many as may be learned from, each as likely as any other; in their order. */
function draw(rows: LabelledFeatures, countMax: number, seed: number): LabelledFeatures {
  const random = seededRandom(seed);
  const counted = Int32Array.from({ length: rowCount(rows.features) }, (_, row) => row).filter(
    (row) => (rows.weights?.[row] ?? 1) > 0,
  );
  const count = Math.min(countMax, counted.length);
  for (let place = 0; place < count; place++) {
    const other = place + random.integer(counted.length - place);
    [counted[place], counted[other]] = [counted[other], counted[place]];
  }
  return selectLabelled(rows, counted.slice(0, count).sort());
}

async function solve(
  rows: LabelledFeatures,
  { cost, gamma }: RbfSvmConfig,
  options: ModelFitOptions,
): Promise<Machine> {
  const pace = paceOf(options);
  const { features, labels, weights } = rows;
  const count = rowCount(features);
  const signs = Int8Array.from({ length: count }, (_, row) => (labels[row] === 1 ? 1 : -1));
  const bounds = Float64Array.from({ length: count }, (_, row) => cost * (weights?.[row] ?? 1));
  const stepsMax = stepsPerRow * count;
  const kernel = rbfKernel(name, features, gamma / features.names.length);
  const { multipliers, intercept } = await solveDual(kernel, signs, bounds, { tolerance, stepsMax }, (steps, off) =>
    pace(steps / stepsMax, `off by ${off.toExponential(1)}`),
  );
  await pace(1);
  const supporting = Int32Array.from({ length: count }, (_, row) => row).filter((row) => multipliers[row] > 0);
  const heights = Float64Array.from([...Array.from(supporting, (row) => signs[row] * multipliers[row]), intercept]);
  return machineOf(selectFeatures(features, supporting), heights, gamma);
}

function machineOf(support: FeatureMatrix, heights: Float64Array, gamma: number): Machine {
  const count = heights.length - 1;
  const fill = rbfRows(name, support, gamma / support.names.length);
  const bumps = new Float32Array(count);
  return {
    support,
    heights,
    margins(features) {
      const margins = new Float64Array(rowCount(features));
      for (let row = 0; row < margins.length; row++) {
        fill(features, row, bumps);
        let margin = heights[count];
        for (let bump = 0; bump < count; bump++) margin += heights[bump] * bumps[bump];
        margins[row] = margin;
      }
      return margins;
    },
  };
}
