/** What a few events in a row have in common, followed through time and looked back on (`network.ts`). */
import type { UptakeModel } from "../../core/uptake.ts";
import { uptakeNetwork } from "../uptake/networks/model.ts";
import { type UptakeTrainingConfig, uptakeDefaults, uptakeRanges } from "../uptake/networks/settings.ts";

export interface CnnLstmAttentionConfig extends UptakeTrainingConfig {
  /** Width of the convolution; 2 to 512. */
  readonly filters: number;
  /** Events that a filter sees, an odd number; 1 to 31. */
  readonly kernel: number;
  /** Width of each memory's state; 2 to 512. */
  readonly units: number;
}

export const cnnLstmAttention: UptakeModel<CnnLstmAttentionConfig> = uptakeNetwork<CnnLstmAttentionConfig>({
  name: "cnn-lstm-attention",
  version: 2,
  defaults: { ...uptakeDefaults, filters: 32, kernel: 3, units: 32 },
  grid: { units: [32, 64], dropout: [0.1, 0.3] },
  ranges: {
    ...uptakeRanges,
    filters: { min: 2, max: 512, integer: true },
    kernel: { min: 1, max: 31, integer: true },
    units: { min: 2, max: 512, integer: true },
  },
  problem: ({ kernel }) => (kernel % 2 === 1 ? undefined : `kernel must be odd; ${kernel} has no event in its middle.`),
});
