/** Users on the wire: what is known of a person beside what they did. */
import { z } from "zod";
import { id, nextCursor, pageQuery, record } from "./values.ts";

const fields = {
  attributes: record.optional(),
  consent: z
    .record(z.string(), z.boolean())
    .optional()
    .meta({ description: "Purposes, and whether the person agreed.", examples: [{ personalisation: true }] }),
};

export const userBody = z
  .strictObject({ id: id.optional().meta({ description: "If given, the id in the path." }), ...fields })
  .meta({ id: "UserBody", examples: [{ attributes: { language: "en" } }] });

export const user = z
  .strictObject({ id, ...fields, events: z.int().min(0).meta({ description: "Events in the log." }) })
  .meta({ id: "User" });

export const userQuery = pageQuery.extend({
  q: z.string().max(128).optional().meta({ description: "Only users whose id contains this." }),
});

export const userPage = z
  .strictObject({ users: z.array(z.strictObject({ id, events: z.int().min(0) })), nextCursor })
  .meta({ id: "UserPage", description: "In order of id." });

export const erasure = z
  .strictObject({ id, events: z.int().min(0).meta({ description: "Events that were removed." }) })
  .meta({ id: "Erasure", description: "Everything known of the user is gone." });

export const mergeBody = z
  .strictObject({
    from: id.meta({ description: "The other id: say, that of the visits before the person signed in." }),
  })
  .meta({ id: "MergeRequest", examples: [{ from: "visitor-7f3a" }] });

export const merge = z
  .strictObject({
    user: id.meta({ description: "Whom both ids stand for from now on." }),
    from: id,
    merged: z.boolean().meta({ description: "False when they were one already." }),
  })
  .meta({ id: "Merge" });
