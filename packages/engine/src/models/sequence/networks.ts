/**
 * The networks of all sequence models by name, and what each reads: a worker thread is told a name and settings, not a
 * function.
 */
import type { ModelSetting } from "../../core/model.ts";
import { longShortNetwork } from "../long-short/network.ts";
import { type EncoderName, sequenceEncoders } from "./encoders.ts";
import type { NetworkBuilder } from "./network.ts";
import type { ProfileReading } from "./profiles.ts";
import type { StepReading } from "./steps.ts";

/** A model's settings, checked. */
export type NetworkConfig = Readonly<Record<string, ModelSetting>>;

const longShortName = "long-short";
export type NetworkName = EncoderName | typeof longShortName;

/** Builds a network from settings that its model has checked. */
export function networkNamed(name: NetworkName): NetworkBuilder<NetworkConfig> {
  const build = name === longShortName ? longShortNetwork : sequenceEncoders[name].build;
  return build as NetworkBuilder<never> as NetworkBuilder<NetworkConfig>;
}

/** Whether a network reads profiles beside steps. */
export function readsProfiles(name: NetworkName): boolean {
  return name === longShortName;
}

/**
 * What a network reads under these settings.
 *
 * @param known.kindWeights of the training; empty where kinds are not read
 * @param known.paths whose nodes profiles are made of
 */
export function readingOf(
  name: NetworkName,
  config: NetworkConfig,
  known: Pick<StepReading, "kindWeights"> & Pick<ProfileReading, "paths">,
): StepReading {
  const { times } = config;
  const encoder = name === longShortName ? (config.encoder as EncoderName) : name;
  return {
    kindWeights: known.kindWeights,
    time: times === "none" ? "none" : sequenceEncoders[encoder].time,
    knowsAsked: times === "asked",
    ...(readsProfiles(name) && {
      profile: { paths: known.paths, slots: config.interests as number, clock: times === "none" ? "events" : "days" },
    }),
  };
}
