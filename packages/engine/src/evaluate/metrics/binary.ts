/**
 * Predictions of yes or no with a probability: will this person come back within a week, click on this. With true
 * positives TP and so on at a threshold:
 *
 *     accuracy = (TP + TN) / n, precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = their harmonic mean
 *     AUC      = probability that a yes is rated above a no, ties counting half (Mann and Whitney, 1947)
 *     log loss = -mean of ln of the probability given to what happened
 *     ECE      = sum over ten bins of probability of (part in the bin) * |rate of yes - mean probability|
 *                (expected calibration error; Naeini et al., AAAI 2015)
 *
 * What has no value (precision without a positive prediction, AUC with only one kind) is 0 for the former, as
 * scikit-learn does, and NaN for AUC, which nothing could stand for.
 */
import { assert } from "../../base/errors.ts";
import { areaUnderCurve } from "../../core/area-under-curve.ts";

export interface BinaryFigures {
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly F1: number;
  readonly AUC: number;
  readonly logLoss: number;
  readonly expectedCalibrationError: number;
}

/** Tenths of probability. */
export const binCount = 10;

export const binOf = (probability: number): number => Math.min(binCount - 1, Math.floor(probability * binCount));

/** Probabilities of 0 and 1 count as this far from them: one wrong certainty must not make the mean infinite. */
const probabilityMin = 1e-15;

/** Minus the logarithm of the probability given to what happened. */
export function lossOf(probability: number, isYes: boolean): number {
  const given = isYes ? probability : 1 - probability;
  return -Math.log(Math.min(1 - probabilityMin, Math.max(probabilityMin, given)));
}

/**
 * @param probabilities of yes, 0 to 1
 * @param happened 1 for yes, 0 for no
 * @param threshold probabilities from here on predict yes
 */
export function binaryFigures(
  probabilities: ArrayLike<number>,
  happened: ArrayLike<number>,
  threshold = 0.5,
): BinaryFigures {
  assert(probabilities.length === happened.length && happened.length > 0, "there is a probability for every outcome");
  const count = happened.length;
  const binSums = Array.from({ length: binCount }, () => ({ probability: 0, yes: 0 }));
  let [truePositives, falsePositives, falseNegatives, loss] = [0, 0, 0, 0];
  for (let index = 0; index < count; index++) {
    const probability = probabilities[index];
    assert(probability >= 0 && probability <= 1, `probability ${probability} lies between 0 and 1`);
    const isYes = happened[index] === 1;
    const saysYes = probability >= threshold;
    if (isYes && saysYes) truePositives += 1;
    if (!isYes && saysYes) falsePositives += 1;
    if (isYes && !saysYes) falseNegatives += 1;
    loss += lossOf(probability, isYes);
    const bin = binSums[binOf(probability)];
    bin.probability += probability;
    bin.yes += isYes ? 1 : 0;
  }
  const precision = ratio(truePositives, truePositives + falsePositives);
  const recall = ratio(truePositives, truePositives + falseNegatives);
  return {
    accuracy: (count - falsePositives - falseNegatives) / count,
    precision,
    recall,
    F1: ratio(2 * precision * recall, precision + recall),
    AUC: areaUnderCurve(probabilities, happened),
    logLoss: loss / count,
    // A bin's part times the difference of its means is the difference of its sums over the whole count.
    expectedCalibrationError:
      binSums.reduce((sum, { probability, yes }) => sum + Math.abs(yes - probability), 0) / count,
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
