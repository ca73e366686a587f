/**
 * Biased matrix factorisation (`models/biased-mf.ts`) as a model of uptake: it learns people's values of items from the
 * histories alone, predicts the value of the item that is asked about from the row's history, and says yes with the probability
 *
 *     p = 1 / (1 + exp(-(slope value + intercept)))
 *
 * fitted to the validation, whose values it has not seen, or to the rows that it learned from where there is none.
 */
import type { FittedUptake, UptakeModel, UptakeTable } from "../../core/uptake.ts";
import { type BiasedMfConfig, biasedMf, type FittedBiasedMf } from "../biased-mf.ts";
import { type Calibration, fitCalibration, loadCalibration } from "../classical/calibration.ts";
import { readSaved } from "../saved.ts";
import { beginUptakeFit } from "./table.ts";

const identity = { name: "biased-mf", version: 1 };
const calibrationPart = "calibration";

export const biasedMfUptake: UptakeModel<BiasedMfConfig> = {
  name: identity.name,
  defaults: biasedMf.defaults,
  grid: biasedMf.grid,
  async fit(data, config, options) {
    beginUptakeFit(identity.name, data, options);
    const { itemCount, train, validation } = data;
    const factors = await biasedMf.fit({ itemCount, interactions: train.histories }, config, options);
    const examples = validation !== undefined && validation.items.length > 0 ? validation : train;
    return fitted(factors, fitCalibration("platt", valuesOf(factors, examples), examples.labels, examples.weights));
  },
  load(saved) {
    const { [calibrationPart]: _, ...tensors } = saved.tensors;
    const calibration = loadCalibration(readSaved(saved, identity), calibrationPart);
    return fitted(biasedMf.load({ ...saved, tensors }), calibration);
  },
};

/** Predicted values of the rows' items. Rows with the same history share its solution. */
function valuesOf(factors: FittedBiasedMf, { histories, starts, ends, items }: UptakeTable): Float64Array {
  const values = new Float64Array(items.length);
  let from = 0;
  for (let row = 1; row <= items.length; row++) {
    if (row < items.length && starts[row] === starts[from] && ends[row] === ends[from]) continue;
    const history = Array.from({ length: ends[from] - starts[from] }, (_, at) => ({
      item: histories.items[starts[from] + at],
      value: histories.values?.[starts[from] + at],
    }));
    values.set(factors.valuesOf(history, items.subarray(from, row)), from);
    from = row;
  }
  return values;
}

function fitted(factors: FittedBiasedMf, calibration: Calibration): FittedUptake {
  const predictNow = (table: UptakeTable) => calibration.probabilities(valuesOf(factors, table));
  return {
    name: identity.name,
    predict: async (table) => predictNow(table),
    predictNow,
    save() {
      const saved = factors.save();
      return { ...saved, tensors: { ...saved.tensors, [calibrationPart]: calibration.tensor } };
    },
  };
}
