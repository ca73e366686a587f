/**
 * `openai-compatible`: any server that speaks OpenAI's `POST /embeddings`, a hosted one or one on this machine (llama.cpp,
 * Ollama, vLLM, LM Studio), through the AI SDK. The key is read from an environment variable and never stored. Every
 * answer is checked: as many vectors as texts, of the length that was promised, all finite.
 */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embedMany } from "ai";
import { PenchantError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import type { ProviderUsage, TextEmbedder } from "../core/ports.ts";
import { type CallLimits, ProviderCalls } from "./provider/calls.ts";
import { providerKey } from "./provider/key.ts";
import { unit } from "./unit.ts";

export interface OpenAICompatibleSettings {
  /** Where the interface begins, such as `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  /** As the server calls it. */
  readonly model: string;
  /** Length of its vectors. */
  readonly dimensions: number;
  /** The environment variable that holds the key; none for servers that ask for none. */
  readonly keyFrom?: string | undefined;
  /** Texts of one request. Default 64. */
  readonly batch?: number | undefined;
  /** Requests at a time. Default 2. */
  readonly parallel?: number | undefined;
  /** Characters of a text that are sent; servers refuse more than their model reads. Default 8,000. */
  readonly charactersMax?: number | undefined;
  /** Put before every text: some models are trained with `passage: ` and the like. */
  readonly prefix?: string | undefined;
  /** Of a million tokens, for the sum in `usage`. */
  readonly pricePerMillionTokens?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retriesMax?: number | undefined;
  readonly callsPerMinute?: number | undefined;
}

export interface OpenAICompatibleEmbedder extends TextEmbedder {
  /** What was asked of the server since it was opened. */
  readonly usage: ProviderUsage;
}

export interface OpenAICompatibleOptions {
  readonly clock: Clock;
  /** Where keys are; `process.env` in production. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Beyond those of the settings. */
  readonly limits?: Partial<CallLimits>;
}

/** @throws PENCHANT_E_CONFIG when the variable that should hold the key is not set */
export function openOpenAICompatible(
  settings: OpenAICompatibleSettings,
  { clock, environment, limits }: OpenAICompatibleOptions,
): OpenAICompatibleEmbedder {
  const { url, model, dimensions, keyFrom, batch = 64, parallel = 2, charactersMax = 8_000, prefix = "" } = settings;
  const key = providerKey(environment, keyFrom, "embedder.keyFrom");
  const price = settings.pricePerMillionTokens ?? 0;
  const name = new URL(url).host;
  const calls = new ProviderCalls({
    name,
    clock,
    limits: { ...given(settings, ["timeoutMs", "retriesMax", "callsPerMinute"]), ...limits },
    prices: { perMillionInputTokens: price, perMillionOutputTokens: 0 },
    secrets: key === undefined ? [] : [key],
  });
  const provider = createOpenAICompatible({ name, baseURL: url, ...(key !== undefined && { apiKey: key }) });

  const embedBatch = (texts: readonly string[], signal: AbortSignal | undefined) =>
    calls.call(async (abortSignal) => {
      const { embeddings, usage } = await embedMany({
        model: provider.embeddingModel(model),
        values: texts.map((text) => prefix + text.toWellFormed().slice(0, charactersMax)),
        maxRetries: 0,
        abortSignal,
      });
      return { result: embeddings.map(checked), tokens: { inputTokens: usage.tokens || 0, outputTokens: 0 } };
    }, signal);

  function checked(vector: readonly number[]): Float32Array {
    if (vector.length !== dimensions || !vector.every(Number.isFinite)) {
      throw new PenchantError(
        "PENCHANT_E_EMBEDDER",
        `The model ${JSON.stringify(model)} of ${name}: expected vectors of ${dimensions} finite numbers (embedder.dimensions), got ${vector.length}${vector.length === dimensions ? ", some not finite" : ""}.`,
      );
    }
    return unit(Float32Array.from(vector));
  }

  return {
    model: `openai-compatible:${name}/${model}${prefix && `:${prefix}`}`,
    dimensions,
    languages: "any",
    get usage() {
      return calls.usage;
    },
    async embed(texts, { signal } = {}) {
      const vectors: Float32Array[] = texts.map(() => new Float32Array(dimensions));
      // Servers refuse empty texts, and there is nothing to know of them.
      const asked = texts
        .keys()
        .filter((at) => texts[at].trim() !== "")
        .toArray();
      let next = 0;
      const worker = async () => {
        while (next < asked.length) {
          const some = asked.slice(next, next + batch);
          next += batch;
          const found = await embedBatch(
            some.map((at) => texts[at]),
            signal,
          );
          for (const [index, at] of some.entries()) vectors[at] = found[index];
        }
      };
      try {
        await Promise.all(Array.from({ length: parallel }, worker));
      } finally {
        next = asked.length;
      }
      return vectors;
    },
    close: async () => {},
  };
}

/** The settings of these names that are there. */
function given<Settings extends object, Name extends keyof Settings>(settings: Settings, names: readonly Name[]) {
  return Object.fromEntries(names.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]));
}
