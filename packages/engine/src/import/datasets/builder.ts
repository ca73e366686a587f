/**
 * Collects interactions in any order and makes columns of them: users in order of appearance, each user's interactions
 * by time with ties as they came, items by the hash of their ids (`core/dataset.ts` says why).
 */
import { hash } from "node:crypto";
import { PenchantError } from "../../base/errors.ts";
import type { LoadedDataset } from "../../core/dataset.ts";
import type { Item } from "../../core/item.ts";

/** What fits comfortably into memory as columns and while they are sorted. */
export const datasetInteractionsMax = 30_000_000;

export interface InteractionFacts {
  /** Milliseconds since 1970; left out by all or by none. Without it, the order of adding is the order of time. */
  readonly time?: number | undefined;
  readonly value?: number | undefined;
  readonly session?: string | undefined;
}

export class DatasetBuilder {
  readonly name: string;
  readonly form: string;
  readonly files: readonly string[];
  readonly #userRows = new Map<string, number>();
  readonly #itemNumbers = new Map<string, number>();
  readonly #sessionNumbers = new Map<string, number>();
  readonly #descriptions = new Map<string, Item>();
  readonly #users: number[] = [];
  readonly #items: number[] = [];
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  readonly #sessions: number[] = [];
  readonly #dropped: Record<string, number> = {};
  #hasValues = false;
  #hasTimes = false;

  constructor(name: string, form: string, files: readonly string[]) {
    this.name = name;
    this.form = form;
    this.files = files;
  }

  add(user: string, item: string, { time, value, session }: InteractionFacts = {}): void {
    if (this.#users.length === datasetInteractionsMax) {
      throw new PenchantError(
        "PENCHANT_E_DATASET",
        `${this.name}: expected at most ${datasetInteractionsMax} interactions; take a part of the users.`,
      );
    }
    this.#users.push(numberOf(this.#userRows, user));
    this.#items.push(numberOf(this.#itemNumbers, item));
    this.#times.push(time ?? Number.NaN);
    this.#values.push(value ?? Number.NaN);
    this.#sessions.push(session === undefined ? -1 : numberOf(this.#sessionNumbers, `${user}\n${session}`));
    this.#hasTimes ||= time !== undefined;
    this.#hasValues ||= value !== undefined;
  }

  /** What is known of an item; the first description of an id counts. */
  describe(item: Item): void {
    if (!this.#descriptions.has(item.id)) this.#descriptions.set(item.id, item);
  }

  drop(reason: string): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + 1;
  }

  /** Throws PENCHANT_E_DATASET when there is no interaction. */
  finish(): LoadedDataset {
    const total = this.#users.length;
    if (total === 0) {
      const reasons = Object.entries(this.#dropped).map(([reason, count]) => `${count} x ${reason}`);
      throw new PenchantError(
        "PENCHANT_E_DATASET",
        `${this.name}: expected interactions of users with items, found none${reasons.length > 0 ? ` (left out: ${reasons.join("; ")})` : ""}.`,
      );
    }
    const { offsets, order } = this.#ordered();
    const ids = [...this.#itemNumbers.keys()];
    const places = ids.map((id) => hash("sha1", id, "hex"));
    const byPlace = ids.map((_, number) => number).sort((a, b) => (places[a] < places[b] ? -1 : 1));
    const keys = new Int32Array(ids.length);
    for (const [key, number] of byPlace.entries()) keys[number] = key;
    const items = byPlace.map(
      (number) => this.#descriptions.get(ids[number]) ?? { id: ids[number], title: ids[number] },
    );
    const times = Float64Array.from(order, (at) => this.#times[at]);
    if (!this.#hasTimes) {
      for (let user = 0; user + 1 < offsets.length; user++) {
        for (let at = offsets[user]; at < offsets[user + 1]; at++) times[at] = at - offsets[user];
      }
    }
    const interactions = {
      offsets,
      items: Int32Array.from(order, (at) => keys[this.#items[at]]),
      times,
      weights: new Float32Array(total).fill(1),
      ...(this.#hasValues && { values: Float32Array.from(order, (at) => this.#values[at]) }),
    };
    const described = items.filter(({ id }) => this.#descriptions.has(id)).length;
    return {
      dataset: {
        name: this.name,
        users: [...this.#userRows.keys()],
        items,
        interactions,
        ...(this.#sessionNumbers.size > 0 && { sessions: Int32Array.from(order, (at) => this.#sessions[at]) }),
        timing: this.#hasTimes ? "times" : "order",
      },
      report: {
        form: this.form,
        files: this.files,
        users: this.#userRows.size,
        items: items.length,
        interactions: total,
        itemsUnused: this.#descriptions.size - described,
        dropped: this.#dropped,
      },
    };
  }

  /** Where each user's interactions begin, and the interactions' numbers user by user in order of time. */
  #ordered(): { offsets: Int32Array; order: Int32Array } {
    const offsets = new Int32Array(this.#userRows.size + 1);
    for (const user of this.#users) offsets[user + 1] += 1;
    for (let user = 1; user < offsets.length; user++) offsets[user] += offsets[user - 1];
    const next = offsets.slice();
    const order = new Int32Array(this.#users.length);
    for (const [at, user] of this.#users.entries()) order[next[user]++] = at;
    if (this.#hasTimes) {
      // Sorting is stable: equal times keep the order of the file.
      for (let user = 0; user + 1 < offsets.length; user++) {
        order.subarray(offsets[user], offsets[user + 1]).sort((a, b) => this.#times[a] - this.#times[b] || a - b);
      }
    }
    return { offsets, order };
  }
}

function numberOf(numbers: Map<string, number>, key: string): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}
