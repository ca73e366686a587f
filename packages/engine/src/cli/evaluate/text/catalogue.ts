/**
 * What a data set says of its items in words, apart from who had them: titles and texts with the classes that are held back
 * from them, and free texts that belong to items, such as tags. Of what the files describe nothing is left out, even where
 * nobody had to do with it.
 */
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Dataset } from "../../../core/dataset.ts";
import { linesOf } from "../../../import/datasets/sequences.ts";
import { openTable } from "../../../import/table.ts";

export interface ClassifiedText {
  readonly title: string;
  /** Title and text, without the classes. */
  readonly text: string;
  /** Paths of classes, broadest first. */
  readonly paths: readonly (readonly string[])[];
}

export interface TextCatalogue {
  readonly items: readonly ClassifiedText[];
  /** Free texts, each with the classes that would be right for it. */
  readonly tags: readonly { readonly text: string; readonly paths: readonly (readonly string[])[] }[];
}

/** Texts and tags that are read, evenly taken from all. */
const itemsMax = 4_000;
const tagsMax = 2_000;

/** Items of the same words and classes count once: sizes of one product say nothing new. */
export async function readTextCatalogue(path: string, { items }: Dataset): Promise<TextCatalogue> {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const find = (pattern: RegExp) => readdirSync(folder).find((name) => pattern.test(name));
  const news = find(/^news\.tsv(\.gz)?$/);
  const products = find(/^products\.csv(\.gz)?$/);
  const tags = find(/^tags\.csv(\.gz)?$/);
  const classified =
    news !== undefined
      ? await readNews(join(folder, news))
      : products !== undefined
        ? await readProducts(join(folder, products))
        : items
            .filter(({ categories = [] }) => categories.length > 0)
            .map(({ title, text, categories = [] }) => ({
              title,
              text: plainText({ title, text }),
              paths: categories,
            }));
  const distinct = new Map(classified.map((one) => [JSON.stringify([one.text, one.paths]), one]));
  const pathsOf = new Map(items.map(({ id, categories = [] }) => [id, categories]));
  return {
    items: thinned([...distinct.values()], itemsMax),
    tags: tags === undefined ? [] : thinned(await readTags(join(folder, tags), pathsOf), tagsMax),
  };
}

/** Title and text of an item, without its classes. */
export function plainText({ title, text }: { readonly title: string; readonly text?: string | undefined }): string {
  return text ? `${title}\n${text}` : title;
}

async function readNews(file: string): Promise<ClassifiedText[]> {
  const items: ClassifiedText[] = [];
  for await (const line of linesOf(file)) {
    const [, category, subcategory, title, abstract] = line.split("\t");
    if (title !== undefined)
      items.push({ title, text: plainText({ title, text: abstract }), paths: [[category, subcategory]] });
  }
  return items;
}

/** The name of the type is the text, and what it is filed under the class. */
async function readProducts(file: string): Promise<ClassifiedText[]> {
  const items: ClassifiedText[] = [];
  for await (const { rows } of (await openTable(file)).batches()) {
    for (const { values } of rows) {
      const row = (values ?? {}) as Record<string, string | undefined>;
      const { department, product_category: category, product_type: type } = row;
      if (department && category && type) items.push({ title: type, text: type, paths: [[department, category]] });
    }
  }
  return items;
}

async function readTags(file: string, pathsOf: ReadonlyMap<string, readonly (readonly string[])[]>) {
  const tags: { text: string; paths: readonly (readonly string[])[] }[] = [];
  for await (const { rows } of (await openTable(file)).batches()) {
    for (const { values } of rows) {
      const { tag, movieId } = (values ?? {}) as Record<string, string | undefined>;
      const paths = pathsOf.get(movieId ?? "") ?? [];
      if (tag && paths.length > 0) tags.push({ text: tag, paths });
    }
  }
  return tags;
}

function thinned<T>(all: readonly T[], most: number): T[] {
  const count = Math.min(all.length, most);
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]);
}
