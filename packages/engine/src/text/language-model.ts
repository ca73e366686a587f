/**
 * Language models: any server that speaks OpenAI's `POST /chat/completions`, a hosted one or one on this machine (llama.cpp,
 * Ollama, vLLM, LM Studio), through the AI SDK. Off unless it is configured. The key is read from an environment variable
 * and never stored. What comes back is text: whether it fits is for `ask` (`structured.ts`) to say.
 */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, NoObjectGeneratedError, Output } from "ai";
import pLimit from "p-limit";
import type { Clock } from "../base/time.ts";
import type { LanguageModel, ProviderUsage } from "../core/ports.ts";
import { type CallLimits, ProviderCalls } from "./provider/calls.ts";
import { providerKey } from "./provider/key.ts";

export interface LanguageModelSettings {
  /** Where the interface begins, such as `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  /** As the server calls it. */
  readonly model: string;
  /** The environment variable that holds the key; none for servers that ask for none. */
  readonly keyFrom?: string | undefined;
  /** The language of what it writes, as people call it. Default English. */
  readonly language?: string | undefined;
  /** Requests at a time. Default 2. */
  readonly parallel?: number | undefined;
  /** Of a million tokens, for the sum in `usage`. */
  readonly pricePerMillionInputTokens?: number | undefined;
  readonly pricePerMillionOutputTokens?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retriesMax?: number | undefined;
  readonly callsPerMinute?: number | undefined;
}

export interface OpenLanguageModel extends LanguageModel {
  /** What was asked of the server since it was opened. */
  readonly usage: ProviderUsage;
}

export interface LanguageModelOptions {
  readonly clock: Clock;
  /** Where keys are; `process.env` in production. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Beyond those of the settings. */
  readonly limits?: Partial<CallLimits>;
}

/** @throws PENCHANT_E_CONFIG when the variable that should hold the key is not set */
export function openLanguageModel(settings: LanguageModelSettings, options: LanguageModelOptions): OpenLanguageModel {
  const { url, model, keyFrom, parallel = 2 } = settings;
  const key = providerKey(options.environment, keyFrom, "languageModel.keyFrom");
  const name = new URL(url).host;
  const { timeoutMs, retriesMax, callsPerMinute } = settings;
  const calls = new ProviderCalls({
    name,
    clock: options.clock,
    limits: {
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(retriesMax !== undefined && { retriesMax }),
      ...(callsPerMinute !== undefined && { callsPerMinute }),
      ...options.limits,
    },
    prices: {
      perMillionInputTokens: settings.pricePerMillionInputTokens ?? 0,
      perMillionOutputTokens: settings.pricePerMillionOutputTokens ?? 0,
    },
    secrets: key === undefined ? [] : [key],
  });
  const provider = createOpenAICompatible({
    name,
    baseURL: url,
    // Servers that cannot keep to a schema ignore that there is one.
    supportsStructuredOutputs: true,
    ...(key !== undefined && { apiKey: key }),
  });
  const oneOfFew = pLimit(parallel);

  return {
    model: `openai-compatible:${name}/${model}`,
    language: settings.language ?? "English",
    get usage() {
      return calls.usage;
    },
    write: ({ instructions, prompt, schema, outputTokensMax, signal }) =>
      oneOfFew(() =>
        calls.call(async (abortSignal) => {
          try {
            const { text, usage } = await generateText({
              model: provider.chatModel(model),
              instructions,
              prompt,
              temperature: 0,
              maxOutputTokens: outputTokensMax,
              maxRetries: 0,
              abortSignal,
              ...(schema !== undefined && { output: Output.object({ schema: jsonSchema(schema) }) }),
            });
            return { result: text, tokens: tokensOf(usage) };
          } catch (error) {
            // It did answer, though not in the form that it was asked for.
            if (!NoObjectGeneratedError.isInstance(error)) throw error;
            return { result: error.text ?? "", tokens: tokensOf(error.usage) };
          }
        }, signal),
      ),
  };
}

function tokensOf(usage: { inputTokens?: number | undefined; outputTokens?: number | undefined } | undefined) {
  return { inputTokens: usage?.inputTokens || 0, outputTokens: usage?.outputTokens || 0 };
}
