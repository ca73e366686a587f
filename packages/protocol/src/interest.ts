/** What is known of an interest beside its place in the tree: who cares about it, and how much is done under it. */
import { z } from "zod";
import { limits } from "./limits.ts";
import { id, queryInteger, time } from "./values.ts";

export const audience = z
  .strictObject({
    users: z.int().min(0).meta({ description: "Everybody there is." }),
    examined: z.int().min(0).meta({ description: "How many of them were looked at, in order of their ids." }),
    interested: z.int().min(0).meta({ description: "How many of those ever had to do with the interest." }),
    intensity: z.number().meta({ description: "Events per day expected of them under it." }),
    people: z.array(
      z.strictObject({
        id,
        intensity: z.number().meta({ description: "Events per day expected of the person under the interest." }),
        share: z.number().meta({ description: "Of everything that is expected of the person." }),
      }),
    ),
  })
  .meta({ id: "Audience", description: "Who cares about an interest now, keenest first." });
export type Audience = z.output<typeof audience>;

export const audienceQuery = z.strictObject({
  limit: queryInteger(1, limits.recommendations).optional().meta({ description: "How many people, default 10." }),
});

export const activity = z
  .strictObject({
    months: z.array(
      z.strictObject({
        time,
        events: z.number().meta({ description: "An item in several places counts in each by its parts." }),
      }),
    ),
  })
  .meta({
    id: "Activity",
    description: "Events under an interest, month by month; the month begins at the time given.",
  });
export type Activity = z.output<typeof activity>;
