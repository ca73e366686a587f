/**
 * A made-up shop for the benchmarks, the same for the same numbers: items in categories of two levels, popular by a power
 * law, and users who keep to a few categories that are theirs. What users do is random but not structureless, so that
 * profiles, neighbours and caches have to do with it what they have to do with people.
 */

import type { Random } from "../../packages/engine/src/base/random.ts";
import { randomUUIDv7 } from "../../packages/engine/src/base/uuid.ts";
import type { Item } from "../../packages/engine/src/core/item.ts";

export interface World {
  readonly users: number;
  readonly items: number;
}

const departments = 20;
const shelves = 5;
const categories = departments * shelves;
/** Categories that a user keeps to, and how often. */
const ownCategories = 4;
const ownShare = 0.8;
/** The items of a category are chosen by the power of a uniform number: a few are chosen often. */
const popularityPower = 3;
const types = ["view", "view", "view", "view", "click", "click", "add-to-cart", "purchase", "like", "dislike"];
const words = ["linen", "oak", "copper", "wool", "garden", "winter", "travel", "kitchen", "paper", "silver", "light"];

export const userId = (user: number): string => `user-${user}`;
export const itemId = (item: number): string => `item-${item}`;

export function worldItems({ items }: World): Item[] {
  return Array.from({ length: items }, (_, item) => {
    const category = item % categories;
    const word = (offset: number) => words[(item * 31 + category * 7 + offset * offset) % words.length];
    return {
      id: itemId(item),
      title: `${word(0)} ${word(1)} ${item}`,
      text: `${word(category)} ${word(2)} ${word(3)} of department ${category % departments}`,
      categories: [[`Department ${category % departments}`, `Shelf ${category}`]],
    };
  });
}

export interface WorldEvent {
  readonly id: string;
  readonly user: string;
  readonly type: string;
  readonly item: string;
  readonly time: number;
}

/** What a user does next. */
export function nextEvent(world: World, random: Random, user: number, now: number): WorldEvent {
  const own = (user * 7_919 + random.integer(ownCategories) * 37) % categories;
  const category = random.uniform() < ownShare ? own : random.integer(categories);
  const perCategory = Math.floor(world.items / categories);
  const item = Math.floor(perCategory * random.uniform() ** popularityPower) * categories + category;
  const type = types[random.integer(types.length)];
  return { id: randomUUIDv7(now), user: userId(user), type, item: itemId(item), time: now };
}

/** The same as JSON. */
export function eventJson(world: World, random: Random, user: number, now: number): string {
  const { id, user: name, type, item, time } = nextEvent(world, random, user, now);
  return `{"id":"${id}","user":"${name}","type":"${type}","item":"${item}","time":${time}}`;
}
