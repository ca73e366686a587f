/**
 * Spaces that texts can be put into, by name: those that an engine would use when it were configured so. `a+b` is the fusion of
 * two; `configured` is what `penchant.config.json` says.
 */
import { PenchantError } from "../../../base/errors.ts";
import { systemClock } from "../../../base/time.ts";
import type { EmbeddingCache, TextEmbedder } from "../../../core/ports.ts";
import { textDimensions } from "../../../runtime/fitting.ts";
import { cachedEmbedder } from "../../../text/cached.ts";
import { type FusionInput, fitFusion, fuse } from "../../../text/fusion.ts";
import { fitLexicalEmbedder } from "../../../text/lexical.ts";
import { type EmbedderSetting, openEmbedder } from "../../../text/open.ts";

export interface TextSpace {
  /** Unit vectors of the texts that the space was fitted to. */
  readonly vectors: readonly Float32Array[];
  /** Those of other texts. */
  place(texts: readonly string[]): Promise<Float32Array[]>;
}

export interface SpaceMaker {
  readonly name: string;
  fit(texts: readonly string[], seed: number): Promise<TextSpace>;
  close(): Promise<void>;
}

const byName: Readonly<Record<string, EmbedderSetting>> = {
  lexical: { kind: "lexical" },
  "use-lite": { kind: "use-lite" },
};

/** @throws PENCHANT_E_USAGE for an unknown name, PENCHANT_E_EMBEDDER when one cannot be used here */
export async function openSpace(
  name: string,
  { configured, cache }: { configured: readonly EmbedderSetting[]; cache: EmbeddingCache },
): Promise<SpaceMaker> {
  const settings = name === "configured" ? configured : name.split("+").map(settingNamed);
  const given: TextEmbedder[] = [];
  for (const setting of settings) {
    if (setting.kind === "lexical") continue;
    const embedder = await openEmbedder(setting, { clock: systemClock, environment: process.env });
    given.push(cachedEmbedder(embedder, cache));
  }
  const isLexical = settings.some(({ kind }) => kind === "lexical");
  return {
    name,
    fit: (texts, seed) => fitSpace(texts, { given, isLexical, seed }),
    async close() {
      for (const embedder of given) await embedder.close();
    },
  };
}

function settingNamed(name: string): EmbedderSetting {
  const setting = byName[name.trim()];
  if (setting !== undefined) return setting;
  const known = [...Object.keys(byName), "configured"].join(", ");
  throw new PenchantError(
    "PENCHANT_E_USAGE",
    `--embedders: expected some of ${known}, or several joined by "+"; got ${JSON.stringify(name)}.`,
  );
}

async function fitSpace(
  texts: readonly string[],
  { given, isLexical, seed }: { given: readonly TextEmbedder[]; isLexical: boolean; seed: number },
): Promise<TextSpace> {
  const dimensions = textDimensions;
  const lexical = isLexical ? [fitLexicalEmbedder(texts, { dimensions, seed })] : [];
  if (given.length === 0) {
    const [embedder] = lexical;
    return { vectors: embedder.embedNow(texts), place: (others) => embedder.embed(others) };
  }
  const embedders: readonly TextEmbedder[] = [...lexical, ...given];
  const read = (some: readonly string[]) =>
    Promise.all(
      embedders.map(async (embedder): Promise<FusionInput> => {
        const vectors = new Float32Array(some.length * embedder.dimensions);
        for (const [at, vector] of (await embedder.embed(some)).entries())
          vectors.set(vector, at * embedder.dimensions);
        return { source: embedder.model, dimensions: embedder.dimensions, vectors };
      }),
    );
  const inputs = await read(texts);
  const fusion = fitFusion(inputs, { dimensions, seed });
  const fused = (parts: readonly FusionInput[], count: number) =>
    Array.from({ length: count }, (_, at) =>
      fuse(
        fusion,
        new Map(
          parts.map(({ source, dimensions: own, vectors }) => [source, vectors.subarray(at * own, (at + 1) * own)]),
        ),
      ),
    );
  return { vectors: fused(inputs, texts.length), place: async (others) => fused(await read(others), others.length) };
}
