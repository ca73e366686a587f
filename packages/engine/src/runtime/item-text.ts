/** The words of an item: what it is embedded by, and what may label the interest it belongs to. */
import type { Item } from "../core/item.ts";
import { tokenize } from "../text/tokenize.ts";

/** Everything that an item says about itself, as one text. */
export function itemText(item: Item): string {
  return [item.title, item.text ?? "", ...(item.categories ?? []).flat(), ...attributeWords(item)].join("\n");
}

/** Title words, for they are names more often than topics, come last among equals. */
export function itemTerms(item: Item): string[] {
  const categories = (item.categories ?? []).map((path) => path.at(-1)!);
  return [...categories, ...attributeWords(item), ...tokenize(item.text ?? ""), ...tokenize(item.title)];
}

/** Attribute values in words; a year is read as its decade, which is how people speak of one. */
function attributeWords({ attributes = {} }: Item): string[] {
  const words: string[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "year" && typeof value === "number") words.push(`${Math.floor(value / 10) * 10}s`);
    else if (typeof value === "string" && value.length <= 60) words.push(value);
    else if (Array.isArray(value)) words.push(...value.filter((entry) => typeof entry === "string").slice(0, 20));
  }
  return words;
}
