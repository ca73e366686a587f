/** The health of a server. */
import { z } from "zod";

export const live = z
  .strictObject({ status: z.literal("live") })
  .meta({ id: "Live", description: "The process answers." });

export const engineStatus = z.strictObject({
  events: z.int().min(0),
  users: z.int().min(0),
  items: z.int().min(0),
  interests: z.int().min(0),
  treeVersion: z.int(),
  eventsBehindCheckpoint: z
    .int()
    .min(0)
    .meta({ description: "Events in the log that no stored state includes yet: what a restart would replay." }),
  unknownTypes: z
    .record(z.string(), z.number())
    .meta({ description: "Events of types that the weight table does not know, since the start." }),
});
export type EngineStatus = z.output<typeof engineStatus>;

export const ready = engineStatus
  .partial()
  .extend({ status: z.literal("ready") })
  .meta({ id: "Ready", description: "The engine answers, and to those that may read, what it holds." });
