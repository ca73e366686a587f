/** Embedders by setting: those that are given, with a model that knows nothing of this catalogue. */
import { join } from "node:path";
import type { Clock } from "../base/time.ts";
import type { TextEmbedder } from "../core/ports.ts";
import type { OpenAICompatibleSettings } from "./openai-compatible.ts";
import type { LocalSetting, TransformersSetting } from "./thread/local.ts";
import { threadedEmbedder } from "./thread/threaded.ts";
import type { HubSource } from "./transformers/hub.ts";

export interface OpenAICompatibleSetting extends OpenAICompatibleSettings {
  readonly kind: "openai-compatible";
}

/** A model of the Hugging Face Hub, which is a folder once it is there. */
export interface HubSetting extends HubSource, Omit<TransformersSetting, "folder"> {
  readonly folder?: undefined;
}

/** `OWNER/NAME`. */
export const hubId = /^\w[\w.-]*\/\w[\w.-]*$/;

export type GivenSetting = LocalSetting | HubSetting | OpenAICompatibleSetting;
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
  /** Where models from the hub are kept. */
  readonly folder: string;
  /** Ends what would take long. */
  readonly signal?: AbortSignal | undefined;
}

/** Where an engine keeps models that it fetched. */
export function encodersFolder(dataDir: string): string {
  return join(dataDir, "encoders");
}

/** @throws PENCHANT_E_EMBEDDER when it cannot be used here, PENCHANT_E_CONFIG when its key is missing */
export async function openEmbedder(setting: GivenSetting, options: OpeningOptions): Promise<TextEmbedder> {
  if (setting.kind === "openai-compatible") {
    // Loaded here, so that nobody waits for the SDK who does not use it.
    const { openOpenAICompatible } = await import("./openai-compatible.ts");
    return openOpenAICompatible(setting, options);
  }
  if (!("hub" in setting)) return threadedEmbedder(setting);
  const { kind, file, prefix, pooling } = setting;
  const { fetchFromHub } = await import("./transformers/hub.ts");
  const folder = await fetchFromHub(setting, options);
  return threadedEmbedder({ kind, folder, file, prefix, pooling });
}
