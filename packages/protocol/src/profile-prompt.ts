/** A profile in words on the wire: for the prompt of a language model. */
import { z } from "zod";
import { id, queryInteger, queryMoment, time } from "./values.ts";

export const promptQuery = z.strictObject({
  tokens: queryInteger(150, 8_000)
    .optional()
    .meta({ description: "What the text may take, by a rule that errs on the high side; default 500." }),
  at: queryMoment.optional().meta({ description: "As it was at a past moment. Default: now." }),
});

export const profilePrompt = z
  .strictObject({
    user: id,
    at: time,
    tokens: z.int().min(0).meta({ description: "What the text takes at most." }),
    text: z.string().meta({
      description:
        "What the person cares about most, what grows, fades and wakes again, and what they do not want to see. Titles and labels stand in it as quotations that nothing can break out of. Does not name the person.",
    }),
  })
  .meta({ id: "ProfilePrompt", description: "A profile in words, for the prompt of a language model." });
export type ProfilePrompt = z.output<typeof profilePrompt>;
