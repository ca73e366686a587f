/** What a webhook's endpoint gets: a delivery of profiles that changed. */
import { z } from "zod";
import { phaseTransition, profileChanges } from "./profile-changes.ts";
import { time } from "./values.ts";

export const webhookDelivery = z
  .strictObject({
    id: z.string().meta({ description: "The same whenever the delivery is sent again." }),
    cause: z
      .enum(["events", "time"])
      .meta({ description: "`events`: by what came into the log; `time`: because time passed." }),
    at: time.meta({ description: "The moment that the profiles are of, milliseconds since 1970." }),
    profiles: z.array(
      z.strictObject({
        changes: profileChanges,
        transitions: z.array(phaseTransition).meta({ description: "Interests that went from one phase to another." }),
      }),
    ),
  })
  .meta({ id: "WebhookDelivery" });
export type WebhookDelivery = z.output<typeof webhookDelivery>;
