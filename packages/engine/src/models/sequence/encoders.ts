/** The networks that read a person's events in their order, by name, and how each reads time where it is told to. */
import { gru4recNetwork } from "../gru4rec/network.ts";
import { hstuNetwork } from "../hstu/network.ts";
import { sasrecNetwork } from "../sasrec/network.ts";
import type { NetworkBuilder } from "./network.ts";
import type { StepReading } from "./steps.ts";

interface Encoder {
  readonly build: NetworkBuilder<never>;
  readonly time: Exclude<StepReading["time"], "none">;
}

export const sequenceEncoders = {
  sasrec: { build: sasrecNetwork, time: "gaps" },
  hstu: { build: hstuNetwork, time: "pairs" },
  gru4rec: { build: gru4recNetwork, time: "gaps" },
} as const satisfies Record<string, Encoder>;

export type EncoderName = keyof typeof sequenceEncoders;
