/**
 * What every other model has to beat, and what every table of results shows: the share of yes among all rows, and the share of
 * yes among the rows of each item, drawn towards the former as if the item had `priorRows` further rows of it.
 */
import type { FittedUptake, UptakeExamples, UptakeModel, UptakeTable } from "../../core/uptake.ts";
import { paceOf } from "../pace.ts";
import { readSaved, savedModel } from "../saved.ts";
import { checkSettings } from "../settings.ts";
import { beginUptakeFit } from "./table.ts";

const constantIdentity = { name: "constant", version: 1 };

export const constant: UptakeModel = {
  name: constantIdentity.name,
  defaults: {},
  grid: {},
  async fit(data, config, options) {
    checkSettings(constantIdentity.name, config, {});
    beginUptakeFit(constantIdentity.name, data, options);
    await paceOf(options)(1);
    return fittedConstant(Float64Array.of(shareOfYes(data.train)));
  },
  load: (saved) => fittedConstant(readSaved(saved, constantIdentity).doubles("share")),
};

function fittedConstant(share: Float64Array): FittedUptake {
  return fittedOf(
    constantIdentity.name,
    ({ items }) => new Float64Array(items.length).fill(share[0]),
    () => savedModel({ ...constantIdentity, config: {} }, { share }),
  );
}

export interface ItemMeanConfig {
  /** 0 to 1e6. */
  readonly priorRows: number;
}

const itemMeanIdentity = { name: "item-mean", version: 1 };

export const itemMean: UptakeModel<ItemMeanConfig> = {
  name: itemMeanIdentity.name,
  defaults: { priorRows: 10 },
  grid: { priorRows: [3, 10, 30] },
  async fit(data, config, options) {
    const { name } = itemMeanIdentity;
    checkSettings(name, config, { priorRows: { min: 0, max: 1e6 } });
    beginUptakeFit(name, data, options);
    const { items, labels, weights } = data.train;
    const share = shareOfYes(data.train);
    const yes = new Float64Array(data.itemCount).fill(config.priorRows * share);
    const rows = new Float64Array(data.itemCount).fill(config.priorRows);
    for (const [row, item] of items.entries()) {
      const weight = weights?.[row] ?? 1;
      yes[item] += weight * labels[row];
      rows[item] += weight;
    }
    await paceOf(options)(1);
    return fittedItemMean(
      yes.map((sum, item) => (rows[item] > 0 ? sum / rows[item] : share)),
      config,
    );
  },
  load(saved) {
    return fittedItemMean(
      readSaved(saved, itemMeanIdentity).doubles("shares"),
      saved.config as unknown as ItemMeanConfig,
    );
  },
};

function fittedItemMean(shares: Float64Array, config: ItemMeanConfig): FittedUptake {
  return fittedOf(
    itemMeanIdentity.name,
    ({ items }) => Float64Array.from(items, (item) => shares[item]),
    () => savedModel({ ...itemMeanIdentity, config }, { shares }),
  );
}

function fittedOf(
  name: string,
  predictNow: (table: UptakeTable) => Float64Array,
  save: FittedUptake["save"],
): FittedUptake {
  return { name, predict: async (table) => predictNow(table), predictNow, save };
}

/** The share of yes among rows, by their weights; half where none counts. */
export function shareOfYes({ labels, weights }: UptakeExamples): number {
  let yes = 0;
  let total = 0;
  for (const [row, label] of labels.entries()) {
    const weight = weights?.[row] ?? 1;
    yes += weight * label;
    total += weight;
  }
  return total > 0 ? yes / total : 0.5;
}
