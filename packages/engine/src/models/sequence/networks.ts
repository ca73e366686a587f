/** The networks of all sequence models by name: a worker thread is told a name and settings, not a function. */
import type { ModelSetting } from "../../core/model.ts";
import { type Gru4recForm, gru4recNetwork } from "../gru4rec/network.ts";
import { type HstuForm, hstuNetwork } from "../hstu/network.ts";
import { type SasrecForm, sasrecNetwork } from "../sasrec/network.ts";
import type { SequenceNetwork, SequenceSizes } from "./network.ts";

export const sequenceNetworks = {
  sasrec: (config, sizes) => sasrecNetwork(config as unknown as SasrecForm, sizes),
  hstu: (config, sizes) => hstuNetwork(config as unknown as HstuForm, sizes),
  gru4rec: (config, sizes) => gru4recNetwork(config as unknown as Gru4recForm, sizes),
} as const satisfies Record<string, (config: NetworkConfig, sizes: SequenceSizes) => SequenceNetwork>;

export type NetworkName = keyof typeof sequenceNetworks;
/** A model's settings, checked. */
export type NetworkConfig = Readonly<Record<string, ModelSetting>>;
