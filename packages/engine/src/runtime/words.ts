/**
 * What words mean today: where they belong in the interest tree, and what is looked for when they are searched for. A
 * function of the words and of the models that were fitted last: items that come between two builds change nothing.
 */
import type { Catalogue } from "../core/catalogue.ts";
import { TextPlacement } from "../core/text-placement.ts";
import type { WordQuery } from "../recommend/search.ts";
import { tokenize } from "../text/tokenize.ts";
import { textDimensions, textVector } from "./fit-texts.ts";
import type { FittedModels } from "./fitting.ts";

/** Words whose places are remembered: what people search for repeats itself. */
const placesRemembered = 10_000;

export class Words {
  readonly #models: FittedModels;
  readonly #placement: TextPlacement;
  readonly #places = new Map<string, number>();

  constructor(models: FittedModels, catalogue: Catalogue) {
    this.#models = models;
    const { tree, baseline } = models;
    const built = catalogue.entries().slice(0, baseline.items);
    // A change of trees that was cut off leaves items in the one before.
    const placed = built.filter(({ treeVersion }) => treeVersion === tree.version);
    this.#placement = new TextPlacement(tree, placed, textDimensions);
  }

  /** The node that the words belong to; the root's where that is not clear. */
  nodeOf(words: string | undefined): number {
    if (words === undefined || words === "") return 0;
    const known = this.#places.get(words);
    if (known !== undefined) return known;
    const node = this.#placement.place(this.#vectorOf(words));
    if (this.#places.size >= placesRemembered) this.#places.delete(this.#places.keys().next().value!);
    this.#places.set(words, node);
    return node;
  }

  query(words: string): WordQuery {
    const telling = tokenize(words);
    // "The Others" is a film all the same.
    const found = telling.length > 0 ? telling : (words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
    return { vector: this.#vectorOf(words), words: found };
  }

  /** As if they were all that an item said. `[textDimensions]` */
  #vectorOf(words: string): Float32Array {
    return textVector(this.#models, words);
  }
}
