/** Embedders by setting: those that are given, with a model that knows nothing of this catalogue. */
import type { Clock } from "../base/time.ts";
import type { TextEmbedder } from "../core/ports.ts";
import type { OpenAICompatibleSettings } from "./openai-compatible.ts";
import type { LocalSetting } from "./thread/local.ts";
import { threadedEmbedder } from "./thread/threaded.ts";

export interface OpenAICompatibleSetting extends OpenAICompatibleSettings {
  readonly kind: "openai-compatible";
}

export type GivenSetting = LocalSetting | OpenAICompatibleSetting;
/** `lexical` and `own` are fitted to the catalogue whenever that is built; the others are given. */
export type EmbedderSetting = { readonly kind: "lexical" | "own" } | GivenSetting;

/** Whether it is there before the catalogue is, and not fitted to it. */
export function isGiven(setting: EmbedderSetting): setting is GivenSetting {
  return setting.kind !== "lexical" && setting.kind !== "own";
}

export interface EmbedderSettings {
  /** Whose vectors are fused. */
  readonly parts: readonly EmbedderSetting[];
  /** Whether they are refined on what people do. */
  readonly isAdapted: boolean;
}

export interface OpeningOptions {
  readonly clock: Clock;
  /** Where keys are; `process.env` in production. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws PENCHANT_E_EMBEDDER when it cannot be used here, PENCHANT_E_CONFIG when its key is missing */
export async function openEmbedder(setting: GivenSetting, options: OpeningOptions): Promise<TextEmbedder> {
  if (setting.kind !== "openai-compatible") return threadedEmbedder(setting);
  // Loaded here, so that nobody waits for the SDK who does not use it.
  const { openOpenAICompatible } = await import("./openai-compatible.ts");
  return openOpenAICompatible(setting, options);
}
