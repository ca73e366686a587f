/**
 * Spaces that texts can be put into, by name: those that an engine would use when it were configured so. `a+b` is the fusion of
 * two, `adapted:a` is a refined on behaviour, `transformers:FOLDER` the model in a folder, `hub:OWNER/NAME` one of the hub; `configured`
 * is what `penchant.config.json` says.
 * A space is called by what made it and not by where that lies: `transformers:minilm`, `openai-compatible:bge-m3`.
 */
import { basename, resolve } from "node:path";
import { PenchantError } from "../../../base/errors.ts";
import { systemClock } from "../../../base/time.ts";
import type { EmbeddingCache, TextEmbedder } from "../../../core/ports.ts";
import { fitTexts, type TextModels, textVector, vectorsOf } from "../../../runtime/fit-texts.ts";
import { cachedEmbedder } from "../../../text/cached.ts";
import type { FusionInput } from "../../../text/fusion.ts";
import { type EmbedderSetting, type EmbedderSettings, hubId, isGiven, openEmbedder } from "../../../text/open.ts";

export interface TextSpace {
  readonly models: TextModels;
  /** Unit vectors of the texts that the space was fitted to. */
  readonly vectors: readonly Float32Array[];
  /** Those of other texts. */
  place(texts: readonly string[]): Promise<Float32Array[]>;
}

export interface SpaceMaker {
  readonly name: string;
  /** @param options.histories what everybody took, oldest first, by the texts' places */
  fit(texts: readonly string[], options: { histories: readonly Int32Array[]; seed: number }): Promise<TextSpace>;
  close(): Promise<void>;
}

const named: readonly EmbedderSetting[] = [{ kind: "lexical" }, { kind: "own" }, { kind: "use-lite" }];
const configuredName = "configured";
const adaptedPrefix = "adapted:";
const folderPrefix = "transformers:";
const hubPrefix = "hub:";

/** @throws PENCHANT_E_USAGE for an unknown name, PENCHANT_E_EMBEDDER when one cannot be used here */
export async function openSpace(
  name: string,
  { configured, cache, folder }: { configured: EmbedderSettings; cache: EmbeddingCache; folder: string },
): Promise<SpaceMaker> {
  const { parts, isAdapted } = settingsNamed(name, configured);
  const given: TextEmbedder[] = [];
  for (const setting of parts.filter(isGiven)) {
    const embedder = await openEmbedder(setting, { clock: systemClock, environment: process.env, folder });
    given.push(cachedEmbedder(embedder, cache));
  }
  const isPart = (kind: string) => parts.some((setting) => setting.kind === kind);
  const read = async (texts: readonly string[]): Promise<FusionInput[]> => {
    const inputs: FusionInput[] = [];
    for (const embedder of given) {
      const { model, dimensions } = embedder;
      const vectors = new Float32Array(texts.length * dimensions);
      for (const [at, vector] of (await embedder.embed(texts)).entries()) vectors.set(vector, at * dimensions);
      inputs.push({ source: model, dimensions, vectors });
    }
    return inputs;
  };
  return {
    name: `${isAdapted ? adaptedPrefix : ""}${parts.map(nameOf).join("+")}`,
    async fit(texts, { histories, seed }) {
      const fitted = { given: await read(texts), isLexical: isPart("lexical"), isOwn: isPart("own"), isAdapted };
      const { models, vectors } = await fitTexts(texts, { parts: fitted, histories, seed });
      return {
        models,
        vectors,
        async place(others) {
          const inputs = await read(others);
          return others.map((text, at) => textVector(models, text, vectorsOf(inputs, at)));
        },
      };
    },
    async close() {
      for (const embedder of given) await embedder.close();
    },
  };
}

function settingsNamed(name: string, configured: EmbedderSettings): EmbedderSettings {
  const isAdapted = name.startsWith(adaptedPrefix);
  const words = (isAdapted ? name.slice(adaptedPrefix.length) : name).split("+").map((word) => word.trim());
  const parts = words.flatMap((word): readonly EmbedderSetting[] => {
    if (word === configuredName) return configured.parts;
    const setting = named.find(({ kind }) => kind === word);
    if (setting !== undefined) return [setting];
    if (word.startsWith(folderPrefix)) return [{ kind: "transformers", folder: word.slice(folderPrefix.length) }];
    const hub = word.startsWith(hubPrefix) ? word.slice(hubPrefix.length) : undefined;
    if (hub !== undefined && hubId.test(hub)) return [{ kind: "transformers", hub }];
    const known = [
      ...named.map(({ kind }) => kind),
      `${folderPrefix}FOLDER`,
      `${hubPrefix}OWNER/NAME`,
      configuredName,
    ].join(", ");
    throw new PenchantError(
      "PENCHANT_E_USAGE",
      `--embedders: expected some of ${known}, several joined by "+", "${adaptedPrefix}" before what is to be refined on behaviour; got ${JSON.stringify(name)}.`,
    );
  });
  return { parts, isAdapted: isAdapted || (configured.isAdapted && words.includes(configuredName)) };
}

function nameOf(setting: EmbedderSetting): string {
  if (setting.kind === "transformers") {
    return "hub" in setting ? `${hubPrefix}${setting.hub}` : `${folderPrefix}${basename(resolve(setting.folder))}`;
  }
  return setting.kind === "openai-compatible" ? `${setting.kind}:${setting.model}` : setting.kind;
}
