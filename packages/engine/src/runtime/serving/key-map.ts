/**
 * Between the items of a model, numbered when it was trained, and those of the catalogue, numbered as they came. Ids tie the
 * two. In the data folder where a model was trained its items have the same numbers for good, and only newer ones are
 * beyond it; in another, whatever the ids say.
 */
import type { Interaction } from "../../core/ports.ts";

export class KeyMap {
  /** The catalogue's key of each of the model's items, -1 for those that it has not. [items of the model] */
  readonly #ofModel: Int32Array;
  /** The model's key of each item of the catalogue, -1 for those that it does not know. [items of the catalogue] */
  readonly #ofCatalogue: Int32Array;
  readonly #isSame: boolean;
  /** Keys of the items of the catalogue that the model does not know, ascending. */
  readonly unknown: readonly number[];

  /**
   * @param itemIds of the model, by its keys
   * @param keyOf the catalogue's key of an id
   * @param size items of the catalogue
   */
  constructor(itemIds: readonly string[], keyOf: (id: string) => number | undefined, size: number) {
    this.#ofModel = Int32Array.from(itemIds, (id) => keyOf(id) ?? -1);
    this.#ofCatalogue = new Int32Array(size).fill(-1);
    for (const [key, item] of this.#ofModel.entries()) if (item >= 0) this.#ofCatalogue[item] = key;
    this.#isSame = this.#ofModel.every((item, key) => item === key);
    this.unknown = [...this.#ofCatalogue.keys()].filter((item) => this.#ofCatalogue[item] < 0);
  }

  /** The model's key of an item, -1 for one that it does not know. */
  inModel(item: number): number {
    return this.#ofCatalogue[item] ?? -1;
  }

  /** What the model can read of a history. */
  read(history: readonly Interaction[]): Interaction[] {
    return history.flatMap((interaction) => {
      const item = this.inModel(interaction.item);
      return item < 0 ? [] : [{ ...interaction, item }];
    });
  }

  /**
   * The model's scores by the catalogue's keys, `rest` for items that it does not know, or did not yet when it was asked.
   * [items of the catalogue], or the array itself where the numbers are the same, with nothing for items that came since.
   */
  spread(scores: Float32Array, rest: number): Float32Array {
    if (this.#isSame && (rest === 0 || scores.length === this.#ofCatalogue.length)) return scores;
    const spread = new Float32Array(this.#ofCatalogue.length);
    for (let item = 0; item < spread.length; item++) {
      const key = this.#ofCatalogue[item];
      spread[item] = key < 0 || key >= scores.length ? rest : scores[key];
    }
    return spread;
  }
}
