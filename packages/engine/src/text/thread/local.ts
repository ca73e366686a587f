/** The embedders whose model runs on this machine, by setting. */
import type { TextEmbedder } from "../../core/ports.ts";
import { openTransformers, type TransformersSettings } from "../transformers/embedder.ts";
import { openUseLite } from "../use-lite/embedder.ts";

export interface UseLiteSetting {
  readonly kind: "use-lite";
}

export interface TransformersSetting extends TransformersSettings {
  readonly kind: "transformers";
}

export type LocalSetting = UseLiteSetting | TransformersSetting;

/** Opens one on the thread that calls. */
export function openLocal(setting: LocalSetting): Promise<TextEmbedder> {
  switch (setting.kind) {
    case "use-lite":
      return openUseLite();
    case "transformers":
      return openTransformers(setting);
  }
}
