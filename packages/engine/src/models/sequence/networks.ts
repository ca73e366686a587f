/**
 * The networks of all sequence models by name, and how each reads time: a worker thread is told a name and settings, not a
 * function.
 */
import type { ModelSetting } from "../../core/model.ts";
import { gru4recNetwork } from "../gru4rec/network.ts";
import { hstuNetwork } from "../hstu/network.ts";
import { sasrecNetwork } from "../sasrec/network.ts";
import type { NetworkBuilder } from "./network.ts";
import type { StepReading } from "./steps.ts";

interface Entry {
  readonly build: NetworkBuilder<never>;
  /** How it reads time where it is told to. */
  readonly time: Exclude<StepReading["time"], "none">;
}

export const sequenceNetworks = {
  sasrec: { build: sasrecNetwork, time: "gaps" },
  hstu: { build: hstuNetwork, time: "pairs" },
  gru4rec: { build: gru4recNetwork, time: "gaps" },
} as const satisfies Record<string, Entry>;

export type NetworkName = keyof typeof sequenceNetworks;
/** A model's settings, checked. */
export type NetworkConfig = Readonly<Record<string, ModelSetting>>;

/** Builds a network from settings that its model has checked. */
export function networkNamed(name: NetworkName): NetworkBuilder<NetworkConfig> {
  return sequenceNetworks[name].build as NetworkBuilder<never> as NetworkBuilder<NetworkConfig>;
}
