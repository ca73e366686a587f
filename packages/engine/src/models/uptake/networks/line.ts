/**
 * A line from the dense features to the logit, beside the layers: the wide part of wide and deep learning (Cheng et al., DLRS
 * 2016). It begins as logistic regression on the same numbers leaves it, so that the layers have to learn only what a line
 * cannot say, and a network that finds nothing more is still as good as one:
 *
 *     logit = layers(question) + dense (w0 + w) + b0 + b        w0, b0 fitted before, w, b from zeros on
 *
 * What is learned is how far the line moves, so that weight decay draws it to where it began and not to nothing.
 */
import type { UptakeExamples } from "../../../core/uptake.ts";
import { reshape } from "../../../nn/operations/broadcasting.ts";
import { add } from "../../../nn/operations/elementwise.ts";
import { affine } from "../../../nn/operations/linear-algebra.ts";
import { zeros } from "../../../nn/parameters.ts";
import { constant, parameter, type Tensor } from "../../../nn/tensor.ts";
import { logisticRegression } from "../../classical/logistic-regression.ts";
import { dense } from "../../sequence/dense.ts";
import type { TrainingHooks } from "../../training/progress.ts";
import type { Weights } from "../../training/weights.ts";
import { writeStandard } from "./scaling.ts";
import { type WindowReading, widthsOf } from "./windows.ts";

/** Coefficients of the dense numbers, and behind them the intercept. [dense + 1] */
export type Line = Float32Array;

const [weightPart, biasPart] = ["line.weight", "line.bias"];
/** Rows that it is fitted to, spread evenly over all: a line of some dozen numbers is the same with more. */
const rowsMax = 100_000;

/** @param weights how much each row counts. [rows] */
export async function fittedLine(
  reading: WindowReading,
  { features, labels }: UptakeExamples,
  weights: Float32Array,
  { signal }: TrainingHooks,
): Promise<Line> {
  const width = widthsOf(reading).dense;
  const every = Math.max(1, labels.length / rowsMax);
  const rows = Int32Array.from({ length: Math.floor(labels.length / every) }, (_, place) => place * every);
  const answers = new Set(
    Array.from(
      rows.filter((row) => weights[row] > 0),
      (row) => labels[row],
    ),
  );
  // The logit of answers that are all the same is as large as can be.
  if (answers.size < 2 || width === 0) return new Float32Array(width + 1);
  const values = new Float32Array(rows.length * width);
  for (const [place, row] of rows.entries()) writeStandard(reading.dense, features, row, values, place * width);
  const names = Array.from({ length: width }, (_, column) => String(column));
  const { tensors } = await logisticRegression.fit(
    {
      features: { names, values },
      labels: Uint8Array.from(rows, (row) => labels[row]),
      weights: Float32Array.from(rows, (row) => weights[row]),
    },
    undefined,
    logisticRegression.defaults,
    { seed: 0, ...(signal && { signal }) },
  );
  return Float32Array.from(tensors.coefficients as Float64Array);
}

/** @param begins where the line begins while it is learned; without it the weights are taken as they are */
export function lineOf(asked: Tensor, begins?: Line): Tensor {
  const [batch, width] = asked.shape;
  let weight = parameter(weightPart, [width, 1], zeros);
  let bias = parameter(biasPart, [1], zeros);
  if (begins !== undefined) {
    weight = add(weight, constant(begins.slice(0, width), [width, 1]));
    bias = add(bias, constant(begins.slice(width), [1]));
  }
  return reshape(affine(asked, weight, bias), [batch]);
}

/** What was learned beside where it began, as one line. */
export function withLine(learned: Weights, begins: Line): Weights {
  const whole = (part: string, from: number) => learned[part].map((value, at) => value + begins[from + at]);
  return { ...learned, [weightPart]: whole(weightPart, 0), [biasPart]: whole(biasPart, begins.length - 1) };
}

/** The line on plain arrays. */
export function lineAtOnce(weights: Weights): (asked: Float32Array) => number {
  const layer = dense(weights[weightPart], weights[biasPart], weights[weightPart].length);
  const logit = new Float32Array(1);
  return (asked) => layer(asked, logit)[0];
}
