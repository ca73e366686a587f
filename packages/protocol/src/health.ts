/** The health of a server. */
import { z } from "zod";

export const live = z
  .strictObject({ status: z.literal("live") })
  .meta({ id: "Live", description: "The process answers." });

const count = z.int().min(0);

export const providerStatus = z
  .strictObject({
    role: z.enum(["language-model", "embedder"]),
    model: z.string().meta({ description: "The model, and where it runs." }),
    calls: count,
    retries: count.meta({ description: "Tries after the first." }),
    failures: count.meta({ description: "Calls that failed for good." }),
    inputTokens: count.meta({ description: "As the provider counts them; 0 where it does not say." }),
    outputTokens: count,
    cost: z.number().min(0).meta({ description: "At the configured prices." }),
    isRefusing: z.boolean().meta({ description: "Calls are refused at once, because those before failed." }),
    meanSeconds: z.number().nullable().meta({ description: "That an answered call took; null before the first." }),
  })
  .meta({ id: "ProviderStatus", description: "What was asked of a model on the network since the start." });

export const engineStatus = z.strictObject({
  events: count,
  users: count,
  items: count,
  interests: count,
  treeVersion: z.int(),
  eventsBehindCheckpoint: count.meta({
    description: "Events in the log that no stored state includes yet: what a restart would replay.",
  }),
  unknownTypes: z
    .record(z.string(), z.number())
    .meta({ description: "Events of types that the weight table does not know, since the start." }),
  providers: z.array(providerStatus).meta({ description: "Models on the network; an embedder once it was needed." }),
});
export type EngineStatus = z.output<typeof engineStatus>;

export const ready = engineStatus
  .partial()
  .extend({ status: z.literal("ready") })
  .meta({ id: "Ready", description: "The engine answers, and to those that may read, what it holds." });
