/**
 * How much was done under every interest, month by month. The log is read once, when somebody first asks, and from then on only
 * what came since; of a long log the newest part. Counts are kept at the items' nodes, as states keep their sums, so that they are few
 * whatever the number of events.
 */
import { limits } from "../core/limits.ts";
import type { EventLog } from "../core/ports.ts";
import type { Activity } from "./engine-contract.ts";
import type { Understanding } from "./understanding.ts";

export class Activities {
  readonly #log: EventLog;
  readonly #understanding: Understanding;
  /** By node, by month since 1970. */
  readonly #counts = new Map<number, Map<number, number>>();
  #treeVersion = -1;
  #position = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(log: EventLog, understanding: Understanding) {
    this.#log = log;
    this.#understanding = understanding;
  }

  /** @param node index of the interest */
  async of(node: number): Promise<Activity> {
    const read = this.#reading.then(() => this.#catchUp());
    this.#reading = read.catch(() => undefined);
    await read;
    const { tree } = this.#understanding.models;
    const sums = new Map<number, number>();
    for (const [start, months] of this.#counts) {
      if (node !== 0 && !tree.pathTo(start).includes(tree.nodes[node])) continue;
      for (const [month, count] of months) sums.set(month, (sums.get(month) ?? 0) + count);
    }
    if (sums.size === 0) return { months: [] };
    const all = [...sums.keys()];
    const first = Math.max(Math.min(...all), Math.max(...all) - limits.activityMonths + 1);
    return {
      months: Array.from({ length: Math.max(...all) - first + 1 }, (_, index) => ({
        time: Date.UTC(1970, first + index),
        events: sums.get(first + index) ?? 0,
      })),
    };
  }

  async #catchUp(): Promise<void> {
    const { models, toFoldable } = this.#understanding;
    const last = await this.#log.lastPosition();
    if (models.tree.version !== this.#treeVersion) {
      this.#counts.clear();
      this.#treeVersion = models.tree.version;
      this.#position = Math.max(0, last - limits.activityEvents);
    }
    for await (const events of this.#log.read({ after: this.#position })) {
      for (const event of events) {
        const { nodes, weight } = toFoldable(event);
        const month = monthOf(event.time);
        // What says nothing, such as an impression, is no activity.
        if (weight === 0) continue;
        for (const start of nodes) {
          const months = this.#counts.get(start) ?? new Map<number, number>();
          this.#counts.set(start, months);
          months.set(month, (months.get(month) ?? 0) + 1 / nodes.length);
        }
      }
      this.#position = events.at(-1)!.position;
    }
  }
}

function monthOf(time: number): number {
  const date = new Date(time);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}
