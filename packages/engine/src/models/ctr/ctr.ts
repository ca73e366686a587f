/**
 * Click-through: how likely somebody takes an item up, from features of person, item, circumstances and how well the two suit
 * each other, and from the events of the person that have to do with the item (`network.ts`).
 */
import type { UptakeModel } from "../../core/uptake.ts";
import { uptakeNetwork } from "../uptake/networks/model.ts";
import { type UptakeTrainingConfig, uptakeDefaults, uptakeRanges } from "../uptake/networks/settings.ts";
import { ctrAtOnce } from "./at-once.ts";

export interface CtrConfig extends UptakeTrainingConfig {
  /** What is read: the dense features alone; items and events too; or events by how much they matter to the item. */
  readonly network: "logistic" | "mlp" | "din";
  /** Width of the layer that weighs events; 2 to 512. */
  readonly attention: number;
}

export const ctr: UptakeModel<CtrConfig> = uptakeNetwork<CtrConfig>({
  name: "ctr",
  version: 2,
  defaults: { ...uptakeDefaults, network: "din", attention: 32 },
  grid: { network: ["mlp", "din"], dropout: [0.1, 0.3] },
  ranges: {
    ...uptakeRanges,
    network: { oneOf: ["logistic", "mlp", "din"] },
    attention: { min: 2, max: 512, integer: true },
  },
  atOnce: ctrAtOnce,
});
