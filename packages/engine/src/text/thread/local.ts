/** The embedders whose model runs on this machine, by setting. */
import type { TextEmbedder } from "../../core/ports.ts";
import { openUseLite } from "../use-lite/embedder.ts";

export interface UseLiteSetting {
  readonly kind: "use-lite";
}

export type LocalSetting = UseLiteSetting;

/** Opens one on the thread that calls. */
export function openLocal(setting: LocalSetting): Promise<TextEmbedder> {
  switch (setting.kind) {
    case "use-lite":
      return openUseLite();
  }
}
