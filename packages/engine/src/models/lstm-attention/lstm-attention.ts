/** A person's events through long short-term memory, and the item that is asked about looks back over them (`network.ts`). */
import type { UptakeModel } from "../../core/uptake.ts";
import { uptakeNetwork } from "../uptake/networks/model.ts";
import { type UptakeTrainingConfig, uptakeDefaults, uptakeRanges } from "../uptake/networks/settings.ts";
import { lstmAttentionAtOnce } from "./at-once.ts";

export interface LstmAttentionConfig extends UptakeTrainingConfig {
  /** Width of the memory's state; 2 to 512. */
  readonly units: number;
}

export const lstmAttention: UptakeModel<LstmAttentionConfig> = uptakeNetwork<LstmAttentionConfig>({
  name: "lstm-attention",
  version: 2,
  defaults: { ...uptakeDefaults, units: 32 },
  grid: { units: [32, 64], dropout: [0.1, 0.3] },
  ranges: { ...uptakeRanges, units: { min: 2, max: 512, integer: true } },
  atOnce: lstmAttentionAtOnce,
});
