/** The networks that answer questions of uptake by name: a worker thread is told a name and settings, not a function. */
import { cnnLstmAttentionNetwork } from "../../cnn-lstm-attention/network.ts";
import { ctrNetwork } from "../../ctr/network.ts";
import { lstmAttentionNetwork } from "../../lstm-attention/network.ts";
import type { NetworkConfig } from "../../sequence/networks.ts";
import type { UptakeNetwork } from "./network.ts";

const networks = {
  "lstm-attention": lstmAttentionNetwork,
  "cnn-lstm-attention": cnnLstmAttentionNetwork,
  ctr: ctrNetwork,
} as const satisfies Record<string, UptakeNetwork<never>>;

export type UptakeNetworkName = keyof typeof networks;

/** Builds a network from settings that its model has checked. */
export function uptakeNetworkNamed(name: UptakeNetworkName): UptakeNetwork<NetworkConfig> {
  return networks[name] as UptakeNetwork<never> as UptakeNetwork<NetworkConfig>;
}
