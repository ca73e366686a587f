/**
 * Clients that keep a server busy until it dies: batches and single events with known ids, some of them sent twice at
 * once, users erased while their events come in, interests steered, visitors who turn out to be members, items put before
 * and after events name them, and reads between.
 */
import { type Random, seededRandom } from "../../packages/engine/src/base/random.ts";
import { dayMs } from "../../packages/engine/src/base/time.ts";
import type { Ledger, SentEvent } from "./ledger.ts";

const users = 250;
/** Members, and as many visitors, who may be merged into them and are never erased. */
const members = 40;
const items = 300;
const batchMax = 40;
const types = ["view", "like", "purchase", "rating", "dislike", "wave"];
const firstTime = Date.UTC(2026, 0, 1);
const genres = ["Crime", "Space", "Romance", "Music"];
const words = ["heist", "orbit", "letter", "guitar", "rain", "winter", "city", "secret"];

export interface LoadOptions {
  readonly url: string;
  readonly ledger: Ledger;
  readonly seed: number;
  readonly clients: number;
  /** Names this load's events apart from those of others. */
  readonly name: string;
}

/** An answer that no server should give, in words. */
export class BadAnswer extends Error {}

/**
 * Runs until the server is gone. Events that were left without an answer before are sent again first.
 *
 * @throws BadAnswer for an answer other than success
 */
export async function putUnderLoad({ url, ledger, seed, clients, name }: LoadOptions): Promise<void> {
  const unanswered = ledger.unanswered();
  await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      const client = new Client(url, ledger, seededRandom(seed * clients + index), `${name}-${index}`);
      try {
        const again = unanswered.filter((_, place) => place % clients === index);
        if (again.length > 0) await client.track(again);
        for (;;) await client.act();
      } catch (error) {
        // A connection that breaks is what a killed server looks like; everything else is news.
        if (error instanceof BadAnswer) throw error;
      }
    }),
  );
}

/** The catalogue that is there before the first event. */
export async function putFirstItems(url: string): Promise<void> {
  await request(`${url}/v1/items`, "POST", JSON.stringify(Array.from({ length: items / 3 }, (_, key) => itemOf(key))));
}

class Client {
  readonly #url: string;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #name: string;
  #events = 0;

  constructor(url: string, ledger: Ledger, random: Random, name: string) {
    this.#url = url;
    this.#ledger = ledger;
    this.#random = random;
    this.#name = name;
  }

  /** One request of some kind, or a few at once. */
  async act(): Promise<void> {
    const die = this.#random.integer(100);
    if (die < 50) await this.track(this.#newEvents(1 + this.#random.integer(batchMax)));
    else if (die < 78) await this.track(this.#newEvents(1));
    else if (die < 83) await this.#trackTwice(this.#newEvents(1 + this.#random.integer(5)));
    else if (die < 86) await this.#erase(this.#user());
    else if (die < 89) await this.#eraseAmidEvents();
    else if (die < 93) await this.#putItems();
    else if (die < 95) await this.#steer();
    else if (die < 97) await this.#merge();
    else await this.#read();
  }

  async track(events: readonly SentEvent[]): Promise<void> {
    const acknowledge = this.#ledger.send(events);
    const asLines = this.#random.integer(4) === 0;
    const body = asLines
      ? events.map((event) => JSON.stringify(event)).join("\n")
      : JSON.stringify(events.length === 1 ? events[0] : events);
    const type = asLines ? "application/x-ndjson" : "application/json";
    const report = (await request(`${this.#url}/v1/events`, "POST", body, type)) as {
      accepted: number;
      duplicates: number;
    };
    if (report.accepted + report.duplicates !== events.length) {
      throw new BadAnswer(`Sent ${events.length} events, and the report speaks of ${JSON.stringify(report)}`);
    }
    acknowledge();
  }

  async #trackTwice(events: readonly SentEvent[]): Promise<void> {
    await allSettled([this.track(events), this.track(events)]);
  }

  async #erase(user: string): Promise<void> {
    const acknowledge = this.#ledger.erase(user);
    await request(`${this.#url}/v1/users/${encodeURIComponent(user)}`, "DELETE");
    acknowledge();
  }

  async #eraseAmidEvents(): Promise<void> {
    const user = this.#user();
    const ofUser = () => this.#newEvents(1 + this.#random.integer(5)).map((event) => ({ ...event, user }));
    await allSettled([this.track(ofUser()), this.#erase(user), this.track(ofUser())]);
  }

  async #steer(): Promise<void> {
    const node = `film.${genres[this.#random.integer(genres.length)].toLowerCase()}`;
    const action = ["pin", "boost", "mute", "forget", "clear"][this.#random.integer(5)];
    const url = `${this.#url}/v1/users/${encodeURIComponent(this.#user())}/interests/${node}`;
    await request(url, "PATCH", JSON.stringify({ action }));
  }

  async #merge(): Promise<void> {
    const member = this.#random.integer(members);
    const url = `${this.#url}/v1/users/${encodeURIComponent(`member ${member}`)}/merge`;
    await request(url, "POST", JSON.stringify({ from: `visitor ${member}` }));
  }

  async #putItems(): Promise<void> {
    const batch = Array.from({ length: 1 + this.#random.integer(4) }, () => itemOf(this.#random.integer(items)));
    await request(`${this.#url}/v1/items`, "POST", JSON.stringify(batch));
  }

  async #read(): Promise<void> {
    const what = this.#random.integer(2) === 0 ? "profile" : "recommendations";
    await request(`${this.#url}/v1/users/${encodeURIComponent(this.#user())}/${what}`, "GET");
  }

  #newEvents(count: number): SentEvent[] {
    return Array.from({ length: count }, () => {
      const type = types[this.#random.integer(types.length)];
      return {
        id: `${this.#name}-${this.#events++}`,
        user: this.#random.integer(5) === 0 ? this.#memberOrVisitor() : this.#user(),
        type,
        ...(this.#random.integer(10) === 0 ? {} : { item: `item ${this.#random.integer(items)}` }),
        ...(type === "rating" ? { value: 1 + this.#random.integer(5) } : {}),
        // In no order: what comes late is folded like anything else.
        time: firstTime + this.#random.integer(90 * dayMs),
      };
    });
  }

  #memberOrVisitor(): string {
    return `${this.#random.integer(2) === 0 ? "member" : "visitor"} ${this.#random.integer(members)}`;
  }

  #user(): string {
    // Some users are everywhere, most are rare.
    return `user ${Math.floor(users * this.#random.uniform() ** 2)}`;
  }
}

function itemOf(key: number) {
  const word = (offset: number) => words[(key * 7 + offset) % words.length];
  return {
    id: `item ${key}`,
    title: `A ${word(0)} and a ${word(3)}`,
    text: `${word(1)} ${word(2)} ${word(5)}`,
    categories: [["Film", genres[key % genres.length]]],
  };
}

/** Waits for all, and fails when one fails: what is still on its way would otherwise answer after the judgement. */
async function allSettled(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === "rejected") throw result.reason;
}

async function request(url: string, method: string, body?: string, type = "application/json"): Promise<unknown> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body, headers: { "content-type": type } }),
  });
  const text = await response.text();
  if (!response.ok) throw new BadAnswer(`${method} ${new URL(url).pathname} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
