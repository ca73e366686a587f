/** Interests and profiles on the wire: a person's interests as a tree with numbers, at one moment. */
import { z } from "zod";
import { item } from "./item.ts";
import { limits } from "./limits.ts";
import { standingSteering } from "./steering.ts";
import { id, interestId, queryDuration, queryInteger, queryMoment, queryNumber, time } from "./values.ts";

export const interestSummary = z
  .strictObject({
    id: z.string(),
    parent: z.string().nullable(),
    level: z.int().min(0).meta({ description: "0 for the root, 1 for the broadest interests." }),
    label: z.string(),
    description: z.string().optional(),
    keywords: z.array(z.string()),
    itemCount: z.number().min(0).meta({ description: "An item with m categories counts 1/m in each." }),
  })
  .meta({ id: "Interest", description: "A node of the interest tree." });
export type InterestSummary = z.output<typeof interestSummary>;

export const treeInterest = interestSummary
  .extend({
    halfLife: z
      .strictObject({ days: z.number(), lowDays: z.number(), highDays: z.number().nullable() })
      .optional()
      .meta({
        description:
          "How long a habit outlives its last event by half, with its 95 % interval, `highDays` null beyond ten years; absent while it is not learned.",
      }),
  })
  .meta({ id: "TreeInterest" });
export type TreeInterest = z.output<typeof treeInterest>;

export const interestList = z
  .strictObject({ interests: z.array(treeInterest) })
  .meta({ id: "InterestList", description: "Parents before children; the first is the root." });

export const lineage = z
  .strictObject({
    change: z.enum(["kept", "split", "merged", "new"]),
    from: z.array(z.string()).meta({ description: "Ids in the tree before; may hold its own." }),
    since: z.int().min(0).meta({ description: "Version of the tree in which the id first appeared." }),
  })
  .meta({ id: "Lineage", description: "What became of an interest when the tree was last built." });

export const interestDetail = treeInterest
  .extend({
    lineage,
    children: z.array(interestSummary),
    items: z.array(item).meta({ description: "The most popular ones." }),
  })
  .meta({ id: "InterestDetail" });
export type InterestDetail = z.output<typeof interestDetail>;

export const learnedDecay = z
  .strictObject({
    interests: z.int().min(0),
    users: z.int().min(0).meta({ description: "People in the log." }),
    events: z
      .number()
      .min(0)
      .meta({ description: "Events of second and later visits, which is what was learned from." }),
    until: time.meta({ description: "End of the data, milliseconds since 1970." }),
    gap: z.number().min(0).meta({
      description: "How far the worst interest's likelihood may lie below its optimum, in nats per event.",
    }),
  })
  .meta({ id: "LearnedDecay", description: "What the weights that profiles are read with were learned from." });
export type LearnedDecay = z.output<typeof learnedDecay>;

export const evidence = z
  .strictObject({
    item: z.strictObject({ id, title: z.string() }).optional(),
    type: z.string(),
    time,
    value: z.number().optional(),
    share: z.number().meta({ description: "The event's part of the interest's intensity, 0 to 1." }),
  })
  .meta({ id: "Evidence", description: "One event that holds an interest up." });
export type Evidence = z.output<typeof evidence>;

export const phase = z.enum(["emerging", "core", "fading", "dormant", "revived"]);

export const profileInterest = z
  .strictObject({
    interest: interestSummary,
    strength: z.number().meta({
      description:
        "Expected share of the parent's events from the user's next session on, 0 to 1; siblings and `other` sum to 1.",
    }),
    intensity: z.number().meta({ description: "Expected events per day under this node." }),
    shortTerm: z.number().meta({ description: "The part of the strength that the fast timescales contribute." }),
    longTerm: z.number().meta({ description: "The part of the strength that the slow timescales contribute." }),
    background: z
      .strictObject({ base: z.number(), parent: z.number(), activity: z.number() })
      .meta({ description: "The rest of the strength: what one would expect of anybody with this user's activity." }),
    trend: z.number().meta({ description: "ln(short-term rate / long-term rate): above 0 the interest grows." }),
    phase,
    confidence: z
      .number()
      .meta({ description: "0 to 1: how much of the estimate is the user's own events rather than the prior." }),
    halfLifeDays: z
      .number()
      .nullable()
      .meta({ description: "Days until the intensity halves without further events; null when it never does." }),
    halfLifeInterval: z.strictObject({ low: z.number(), high: z.number().nullable() }).optional().meta({
      description:
        "The bounds of its 95 % interval in days, `high` null beyond ten years; absent while weights are not learned, and where the half-life is null.",
    }),
    returnProbability: z.number().optional().meta({
      description:
        "Of doing something here within the profile's `returnDays`, 0 to 1; absent while weights are not learned.",
    }),
    lastSeen: time.nullable().meta({ description: "Time of the newest positive event, milliseconds since 1970." }),
    evidence: z.array(evidence),
    steering: z
      .array(standingSteering)
      .optional()
      .meta({ description: "What the person asked for here and still stands; absent when that is nothing." }),
    get children() {
      return z.array(profileInterest);
    },
  })
  .meta({ id: "ProfileInterest", description: "What one interest is to the user." });
export type ProfileInterest = z.output<typeof profileInterest>;

export const profile = z
  .strictObject({
    user: id,
    at: time.meta({ description: "The moment that the profile describes, milliseconds since 1970." }),
    treeVersion: z.int(),
    events: z.int().min(0).meta({ description: "Events counted." }),
    firstSeen: time.nullable(),
    lastSeen: time.nullable(),
    intensity: z.number().meta({ description: "Expected events per day altogether." }),
    returnDays: z
      .number()
      .optional()
      .meta({ description: "The days that `returnProbability` is about; absent where there is none." }),
    other: z.number().meta({ description: "Share of the events expected under no interest of the tree." }),
    interests: z.array(profileInterest),
  })
  .meta({ id: "Profile", description: "A user's interests as a tree with numbers, at one moment." });
export type Profile = z.output<typeof profile>;

/** Levels to show, as a query spells it. */
export const profileDepth = queryInteger(1, limits.treeDepth)
  .optional()
  .meta({ description: "Levels to show; default all." });

export const profileQuery = z.strictObject({
  at: queryMoment.optional().meta({
    description: "A past moment gives the profile as it was then, from the events known now. Default: now.",
  }),
  depth: profileDepth,
  minStrength: queryNumber(0, 1)
    .optional()
    .meta({ description: "Leaves out interests whose strength among their siblings is lower; default 0." }),
  evidence: queryInteger(0, limits.evidence)
    .optional()
    .meta({ description: "Most evidence lines that an interest shows; default 3." }),
  returnDays: queryNumber(limits.returnDaysMin, limits.returnDaysMax)
    .optional()
    .meta({ description: "The days that `returnProbability` is about; default 30." }),
  without: interestId
    .optional()
    .meta({ description: "The profile as if nothing had ever been done under this interest." }),
});

export const historyQuery = z.strictObject({
  from: queryMoment,
  to: queryMoment,
  step: queryDuration,
  depth: profileDepth,
});

export const seriesQuery = z.strictObject({
  from: queryMoment,
  to: queryMoment.meta({ description: "A moment to come shows what is expected without further events." }),
  step: queryDuration,
  under: interestId.optional().meta({ description: "The interest whose children to follow. Default: the whole." }),
});

const perDay = z.array(z.number()).meta({ description: "Expected events per day, one number per moment." });

export const profileSeries = z
  .strictObject({
    user: id,
    stepMs: z.number(),
    moments: z.array(time),
    total: perDay,
    series: z.array(
      z.strictObject({ interest: z.strictObject({ id: z.string(), label: z.string() }), intensity: perDay }),
    ),
  })
  .meta({
    id: "ProfileSeries",
    description: `The interests right below one at from, from + step, ... up to to, strongest first; at most ${limits.historyPoints} moments.`,
  });
export type ProfileSeries = z.output<typeof profileSeries>;

export const profileHistory = z.strictObject({ user: id, stepMs: z.number(), profiles: z.array(profile) }).meta({
  id: "ProfileHistory",
  description: `Profiles at from, from + step, ... up to to; at most ${limits.historyPoints}.`,
});
