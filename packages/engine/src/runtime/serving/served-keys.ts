/**
 * The keys of the model that scores, tied to the catalogue as it is. When the catalogue has grown, a model that can place items
 * by what is known of them is given those that it lacks.
 */
import type { Catalogue } from "../../core/catalogue.ts";
import { KeyMap } from "./key-map.ts";
import type { ServedModel } from "./served-model.ts";

export class ServedKeys {
  readonly #catalogue: () => Catalogue;
  /** Of the served model, for a catalogue of so many items. */
  #map: { readonly served: ServedModel; readonly size: number; readonly keys: KeyMap } | undefined;

  constructor(catalogue: () => Catalogue) {
    this.#catalogue = catalogue;
  }

  of(served: ServedModel): KeyMap {
    const catalogue = this.#catalogue();
    const { size } = catalogue;
    if (this.#map?.served === served && this.#map.size === size) return this.#map.keys;
    const mapped = () => new KeyMap(served.itemIds, (id) => catalogue.key(id), size);
    let keys = mapped();
    if (served.place !== undefined && keys.unknown.length > 0) {
      served.place(keys.unknown.map((key) => catalogue.item(key)));
      keys = mapped();
    }
    this.#map = { served, size, keys };
    return keys;
  }
}
