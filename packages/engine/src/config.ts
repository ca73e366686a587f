/** The configuration: one validated object. Unknown keys and wrong types fail at the start with what was expected. */
import { z } from "zod";
import { PenchantError } from "./base/errors.ts";
import { dayMs, hourMs, minuteMs } from "./base/time.ts";
import { defaultEventWeights } from "./core/weights.ts";
import { defaultBlend } from "./recommend/pipeline.ts";
import type { LanguageModelSettings } from "./text/language-model.ts";
import { type EmbedderSetting, hubId } from "./text/open.ts";

const weight = z.union([z.number().min(-10).max(10), z.enum(["stars", "sentiment"])], {
  error: ({ input }) => `expected a number from -10 to 10, "stars" or "sentiment", got ${JSON.stringify(input)}`,
});

/** `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has it. */
const webhookSecret = /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const unitsMs = { m: minuteMs, h: hourMs, d: dayMs, w: 7 * dayMs };

function durationMs(text: string): number {
  return Number.parseInt(text, 10) * unitsMs[text.at(-1) as keyof typeof unitsMs];
}

const lexical = z.strictObject({ kind: z.literal("lexical") });
const own = z.strictObject({ kind: z.literal("own") });
const useLite = z.strictObject({ kind: z.literal("use-lite") });
const encoding = {
  file: z.string().min(1).max(256).optional(),
  prefix: z.string().max(256).optional(),
  pooling: z.enum(["mean", "cls"]).optional(),
};
const transformers = z.strictObject({
  kind: z.literal("transformers"),
  folder: z.string().min(1).max(4_096),
  ...encoding,
});
const hub = z.strictObject({
  kind: z.literal("transformers"),
  hub: z.string().max(256).regex(hubId, { error: "expected OWNER/NAME, as the hub calls the model" }),
  revision: z
    .string()
    .max(256)
    .regex(/^\w[\w.-]*$/)
    .optional(),
  hubUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .optional(),
  ...encoding,
});
const openAICompatible = z.strictObject({
  kind: z.literal("openai-compatible"),
  url: z.url({ protocol: /^https?$/ }).max(2_048),
  model: z.string().min(1).max(256),
  dimensions: z.int().min(1).max(4_096),
  keyFrom: z.string().min(1).max(128).optional(),
  batch: z.int().min(1).max(2_048).optional(),
  parallel: z.int().min(1).max(64).optional(),
  charactersMax: z.int().min(1).max(1_000_000).optional(),
  prefix: z.string().max(256).optional(),
  pricePerMillionTokens: z.number().min(0).optional(),
  timeoutMs: z.int().min(1).max(600_000).optional(),
  retriesMax: z.int().min(0).max(10).optional(),
  callsPerMinute: z.int().min(1).max(1_000_000).optional(),
});
const embedder = z.union([
  z.enum(["lexical", "own", "use-lite"]).transform((kind) => ({ kind })),
  z.discriminatedUnion("kind", [lexical, own, useLite, transformers, openAICompatible]),
  hub,
]) satisfies z.ZodType<EmbedderSetting>;
/** Kinds of vectors that are fused into one at most. */
const embeddersMax = 4;
const embedders = z.union([embedder.transform((one) => [one]), z.array(embedder).min(1).max(embeddersMax)]);

const languageModel = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_048),
  model: z.string().min(1).max(256),
  keyFrom: z.string().min(1).max(128).optional(),
  language: z.string().min(1).max(40).optional(),
  parallel: z.int().min(1).max(64).optional(),
  pricePerMillionInputTokens: z.number().min(0).optional(),
  pricePerMillionOutputTokens: z.number().min(0).optional(),
  timeoutMs: z.int().min(1).max(600_000).optional(),
  retriesMax: z.int().min(0).max(10).optional(),
  callsPerMinute: z.int().min(1).max(1_000_000).optional(),
  /** Recommendations of an answer that it explains where words are asked for, 0 for none; and what that may take. */
  explanations: z
    .strictObject({
      items: z.int().min(0).max(20).default(5),
      deadlineMs: z.int().min(1).max(60_000).default(4_000),
      tokens: z.int().min(100).max(100_000).default(3_000),
    })
    .prefault({}),
  /** Rates the best recommendations, as one more source of the blend. Default: it does not. */
  reranking: z
    .strictObject({
      weight: z.number().min(0).max(100).default(0.5),
      items: z.int().min(2).max(100).default(20),
      deadlineMs: z.int().min(1).max(60_000).default(1_500),
      tokens: z.int().min(100).max(100_000).default(2_000),
    })
    .optional(),
}) satisfies z.ZodType<LanguageModelSettings>;

const configSchema = z.strictObject({
  /** Folder of the embedded database; made when it is not there. */
  dataDir: z.string().min(1).default("./data"),
  /**
   * What each type of event says about interest, -10 to 10, "stars" for five-star ratings, or "sentiment" for what its words say.
   * Added to the defaults.
   */
  eventWeights: z.record(z.string().min(1).max(64), weight).default({}),
  /** Refuse events of types that the weight table does not have, instead of counting them with weight 0. */
  strictTypes: z.boolean().default(false),
  /** How much each candidate source counts in a recommendation, relative to the others. */
  blend: z
    .strictObject({
      interest: z.number().min(0).max(100).default(defaultBlend.interest),
      neighbour: z.number().min(0).max(100).default(defaultBlend.neighbour),
      /** The trained model that is promoted, where there is one. */
      model: z.number().min(0).max(100).default(defaultBlend.model),
    })
    .default(defaultBlend),
  /** Train the promoted model again once it is so old and so many events have come; promoted if it is not worse. */
  retrain: z
    .strictObject({
      every: z
        .string()
        .regex(/^[1-9]\d{0,3}[mhdw]$/, "expected a length of time such as 30m, 12h, 1d or 1w")
        .transform(durationMs),
      minNewEvents: z.int().min(1).max(1_000_000_000).default(1),
    })
    .optional(),
  /** Interest states kept in memory. */
  cachedStates: z.int().min(100).max(10_000_000).default(100_000),
  /** Seconds that a changed state waits for further changes before it is written, up to twice as many; the log is durable at once. */
  flushIntervalSeconds: z.number().min(0.05).max(3_600).default(10),
  /**
   * Events by which the stored states may lag behind the log before writing them hurries: what a start after a crash has to
   * replay, at some hundred thousand a second. More spares the writing of states that change again and again.
   */
  eventsBehindCheckpoint: z.int().min(1_000).max(1_000_000_000).default(300_000),
  /** Events that may be on their way into the log and the states at a time; further ones are refused for the moment. */
  eventsInFlight: z.int().min(1).max(10_000_000).default(100_000),
  /** Where changes of profiles are told; nothing is sent anywhere without it. docs/webhooks.md has the rest. */
  webhook: z
    .strictObject({
      url: z.url({ protocol: /^https?$/, error: "expected an address that begins with https:// or http://" }),
      secret: z.string().regex(webhookSecret, { error: "expected whsec_ and 24 to 64 bytes in base64" }),
      retrySeconds: z.number().min(0.001).max(3_600).default(1),
    })
    .optional(),
  /**
   * What turns the items' words into vectors: "lexical", "own", "use-lite", or a model with its settings; several are fused into
   * one space; { "adapted": ... } refines any of that on what people do. Another one than before is taken into use in the
   * background, while the old vectors serve.
   */
  embedder: z
    .union([
      embedders.transform((parts) => ({ parts, isAdapted: false })),
      z.strictObject({ adapted: embedders }).transform(({ adapted }) => ({ parts: adapted, isAdapted: true })),
    ])
    .default({ parts: [{ kind: "lexical" }], isAdapted: false }),
  /** A server with a language model, which then names interests in the background. Default: none. */
  languageModel: languageModel.optional(),
  /** Of everything random in fitting. */
  seed: z.int().default(1),
});

export type PenchantConfig = z.output<typeof configSchema>;
/** The same with everything optional that has a default. */
export type PenchantConfigInput = z.input<typeof configSchema>;

/** @throws PENCHANT_E_CONFIG naming every key that does not fit */
export function parseConfig(input: unknown): PenchantConfig {
  const result = configSchema.safeParse(input);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join(".") || "(all)"}: ${message}`);
    throw new PenchantError("PENCHANT_E_CONFIG", `The configuration is not valid. ${problems.join("; ")}.`);
  }
  const config = result.data;
  return { ...config, eventWeights: { ...defaultEventWeights, ...config.eventWeights } };
}
