/** Items on the wire: the things of the catalogue. */
import { z } from "zod";
import { limits } from "./limits.ts";
import { id, nextCursor, pageQuery, record, time } from "./values.ts";

const fields = {
  title: z.string().min(1).max(limits.titleLength),
  text: z.string().max(limits.itemTextLength).optional(),
  categories: z
    .array(z.array(z.string().min(1).max(limits.categoryNameLength)).min(1).max(limits.categoryDepth))
    .max(limits.categoryPaths)
    .optional()
    .meta({ description: "Paths, broadest category first.", examples: [[["Film", "Crime"]]] }),
  attributes: record.optional(),
  image: z.string().max(limits.imageLength).optional(),
  vectors: z
    .record(z.string().min(1).max(limits.itemVectorNameLength), z.array(z.number()).min(1).max(limits.itemVectorLength))
    .optional()
    .meta({
      description: "What the caller's own models make of the item, by name; each name's vectors have one length.",
      examples: [{ image: [0.12, -0.4, 0.91] }],
    }),
  createdAt: time.min(0).optional(),
  hidden: z
    .boolean()
    .optional()
    .meta({ description: "A hidden item keeps its place in profiles and is never recommended." }),
};

export const item = z.strictObject({ id, ...fields }).meta({
  id: "Item",
  description: "A thing of the catalogue.",
  examples: [{ id: "m1", title: "Heat", categories: [["Film", "Crime"]] }],
});
export type Item = z.output<typeof item>;

/** The body of a PUT: the path names the item, so that the body need not. */
export const itemBody = z
  .strictObject({ id: id.optional().meta({ description: "If given, the id in the path." }), ...fields })
  .meta({ id: "ItemBody", examples: [{ title: "Heat", categories: [["Film", "Crime"]] }] });

/** The body of a PATCH, RFC 7396: what is named replaces, null removes, objects are merged. */
export const itemPatch = z
  .strictObject({
    title: fields.title.optional(),
    text: fields.text.nullable(),
    categories: fields.categories.nullable(),
    attributes: record.nullable().optional(),
    image: fields.image.nullable(),
    vectors: fields.vectors.nullable(),
    createdAt: fields.createdAt.nullable(),
    hidden: fields.hidden.nullable(),
  })
  .meta({
    id: "ItemPatch",
    description: "A JSON merge patch (RFC 7396): what is named replaces, null removes, attributes are merged.",
    examples: [{ title: "Heat (1995)", image: null }],
  });

export const itemBatch = z.array(item).max(limits.batch);

export const itemsPut = z
  .strictObject({ created: z.int().min(0), updated: z.int().min(0) })
  .meta({ id: "ItemsPut", description: "How many items are new, and how many replaced an older version." });

export const itemQuery = pageQuery.extend({
  q: z
    .string()
    .max(128)
    .optional()
    .meta({ description: "Only items whose title or id contains this, in whatever case." }),
});

export const itemPage = z.strictObject({ items: z.array(item), nextCursor }).meta({ id: "ItemPage" });

export const similarItems = z
  .strictObject({
    items: z.array(
      z.strictObject({
        item,
        similarity: z.number().meta({ description: "Higher is nearer; only comparable within one answer." }),
      }),
    ),
  })
  .meta({ id: "SimilarItems", description: "Nearest first." });
