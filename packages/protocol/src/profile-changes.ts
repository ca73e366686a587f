/** What changes in a profile, on the wire: between two moments, and as it happens. */
import { z } from "zod";
import { interestSummary, phase, profileDepth } from "./profile.ts";
import { id, queryMoment, time } from "./values.ts";

const beforeAfter = z.strictObject({ before: z.number(), after: z.number() });

export const interestChange = z
  .strictObject({
    interest: interestSummary,
    strength: beforeAfter,
    intensity: beforeAfter,
    phase: z
      .strictObject({ before: phase.nullable(), after: phase.nullable() })
      .meta({ description: "Null where the profile does not have the interest." }),
    text: z.string().meta({ description: "One sentence." }),
  })
  .meta({ id: "InterestChange" });

export const profileChanges = z
  .strictObject({
    user: id,
    from: time,
    to: time,
    events: z.int().meta({ description: "Events counted in the second profile and not in the first." }),
    intensity: beforeAfter.meta({ description: "Expected events per day altogether." }),
    changes: z.array(interestChange).meta({
      description:
        "Interests that came, went, moved by at least a hundredth of their parent or changed their phase; what changed most of the whole stands first.",
    }),
    text: z.string().meta({ description: "The most important of it in a few sentences." }),
  })
  .meta({ id: "ProfileChanges", description: "What changed between two moments, in numbers and words." });
export type ProfileChanges = z.output<typeof profileChanges>;

export const phaseTransition = z
  .strictObject({
    interest: interestSummary,
    before: phase.nullable().meta({ description: "Null for an interest that the profile did not have." }),
    after: phase,
    at: time,
  })
  .meta({ id: "PhaseTransition", description: "An interest has gone from one phase to another." });
export type PhaseTransition = z.output<typeof phaseTransition>;

export const changesQuery = z.strictObject({
  from: queryMoment,
  to: queryMoment.optional().meta({ description: "Default: now." }),
  depth: profileDepth,
});

export const streamQuery = z.strictObject({ depth: profileDepth });

export const profileStreamMediaType = "text/event-stream";
