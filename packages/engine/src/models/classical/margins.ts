/**
 * From the margins of a support-vector machine to probabilities, by Platt's sigmoid. It has to be fitted to rows that the
 * machine has not learned from, whose margins are smaller: the validation rows, where there are any with both answers; else
 * a fifth of the rows is kept from a first machine, and the sigmoid of that one serves the machine that learned from all.
 */
import { seededRandom } from "../../base/random.ts";
import { type Calibration, fitCalibration } from "./calibration.ts";
import { type FeatureMatrix, type LabelledFeatures, selectLabelled } from "./features.ts";

/** The part of the rows that is kept from the first machine: one in so many of each answer. */
const keptOneIn = 5;

export interface Machine {
  margins(features: FeatureMatrix): Float64Array;
}

export async function fitCalibrated<Fitted extends Machine>(
  train: LabelledFeatures,
  validation: LabelledFeatures | undefined,
  seed: number,
  fit: (rows: LabelledFeatures, part: { from: number; to: number }) => Promise<Fitted>,
): Promise<{ machine: Fitted; calibration: Calibration }> {
  const calibrate = (machine: Fitted, { features, labels, weights }: LabelledFeatures) =>
    fitCalibration("platt", machine.margins(features), labels, weights);
  if (validation !== undefined && hasBothAnswers(validation)) {
    const machine = await fit(train, { from: 0, to: 1 });
    return { machine, calibration: calibrate(machine, validation) };
  }
  const { learned, kept } = split(train, seed);
  const first = await fit(learned, { from: 0, to: 0.5 });
  const calibration = calibrate(first, kept);
  return { machine: await fit(train, { from: 0.5, to: 1 }), calibration };
}

function hasBothAnswers({ labels, weights }: LabelledFeatures): boolean {
  const seen = new Set<number>();
  for (let row = 0; row < labels.length; row++) if ((weights?.[row] ?? 1) > 0) seen.add(labels[row]);
  return seen.size > 1;
}

/** Where no row can be spared, all of them twice. */
function split(rows: LabelledFeatures, seed: number): { learned: LabelledFeatures; kept: LabelledFeatures } {
  const random = seededRandom(seed);
  const everyRow = Int32Array.from({ length: rows.labels.length }, (_, row) => row);
  const isKept = new Uint8Array(everyRow.length);
  let keptCount = 0;
  for (const answer of [0, 1]) {
    const own = everyRow.filter((row) => rows.labels[row] === answer && (rows.weights?.[row] ?? 1) > 0);
    for (let place = 0; place < Math.floor(own.length / keptOneIn); place++) {
      const other = place + random.integer(own.length - place);
      [own[place], own[other]] = [own[other], own[place]];
      isKept[own[place]] = 1;
      keptCount += 1;
    }
  }
  if (keptCount === 0) return { learned: rows, kept: rows };
  const select = (flag: number) =>
    selectLabelled(
      rows,
      everyRow.filter((row) => isKept[row] === flag),
    );
  return { learned: select(0), kept: select(1) };
}
