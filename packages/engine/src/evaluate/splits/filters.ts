/** What is left out of a data set before it is split. */
import { PenchantError } from "../../base/errors.ts";
import type { Dataset } from "../../core/dataset.ts";

/** Leaves out the interactions that `keeps` refuses, then users and items that have none; the order stays. */
export function filtered(dataset: Dataset, keeps: (at: number, user: number) => boolean): Dataset {
  const { interactions, sessions } = dataset;
  const kept: number[] = [];
  const users: string[] = [];
  const offsets = [0];
  for (let user = 0; user + 1 < interactions.offsets.length; user++) {
    for (let at = interactions.offsets[user]; at < interactions.offsets[user + 1]; at++) {
      if (keeps(at, user)) kept.push(at);
    }
    if (kept.length === offsets.at(-1)) continue;
    users.push(dataset.users[user]);
    offsets.push(kept.length);
  }
  const used = new Uint8Array(dataset.items.length);
  for (const at of kept) used[interactions.items[at]] = 1;
  const keys = new Int32Array(dataset.items.length);
  let count = 0;
  for (let item = 0; item < used.length; item++) if (used[item] === 1) keys[item] = count++;
  const { values } = interactions;
  return {
    ...dataset,
    users,
    items: dataset.items.filter((_, item) => used[item] === 1),
    interactions: {
      offsets: Int32Array.from(offsets),
      items: Int32Array.from(kept, (at) => keys[interactions.items[at]]),
      times: Float64Array.from(kept, (at) => interactions.times[at]),
      weights: Float32Array.from(kept, (at) => interactions.weights[at]),
      ...(values && { values: Float32Array.from(kept, (at) => values[at]) }),
    },
    ...(sessions && { sessions: Int32Array.from(kept, (at) => sessions[at]) }),
  };
}

/** Interactions whose value is at least this: four stars and more, say. Those without a value go. */
export function withValueFrom(dataset: Dataset, minimumValue: number): Dataset {
  const { values } = dataset.interactions;
  if (values === undefined) {
    throw new PenchantError(
      "PENCHANT_E_DATASET",
      `${dataset.name}: expected ratings or other values to compare with ${minimumValue}, found none.`,
    );
  }
  return filtered(dataset, (at) => values[at] >= minimumValue);
}

/** The k-core: users and items with at least `k` interactions, when all others are gone. May be empty. */
export function kCore(dataset: Dataset, k: number): Dataset {
  let current = dataset;
  for (;;) {
    const { offsets, items } = current.interactions;
    const ofItem = new Int32Array(current.items.length);
    for (const item of items) ofItem[item] += 1;
    const next = filtered(current, (at, user) => offsets[user + 1] - offsets[user] >= k && ofItem[items[at]] >= k);
    if (next.interactions.items.length === items.length) return next;
    current = next;
  }
}
