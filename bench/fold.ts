/**
 * Folding: what one event costs an interest state, in memory, on one core.
 *
 * 1. Throughput: the sample's events in order of time, repeated as other users' events until there are as many as asked
 *    for, each folded into its user's state. Items have the nodes that the engine's own fit gives them.
 * 2. Cost by history: states that have folded 10, 100, ... events fold some more; the cost of an event should not depend on
 *    how many came before it. For every length there are so many states that the same number of events is timed.
 * 3. Size: the stored form of the sample's users by their number of events.
 */
import { interactionTable } from "../packages/engine/src/core/interaction-table.ts";
import type { Interaction } from "../packages/engine/src/core/ports.ts";
import { type FoldableEvent, InterestState } from "../packages/engine/src/core/state.ts";
import { encodeState } from "../packages/engine/src/core/state-codec.ts";
import { defaultEventWeights, eventWeight } from "../packages/engine/src/core/weights.ts";
import { fitModels } from "../packages/engine/src/runtime/fitting.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { readSample, type Sample } from "./support/sample.ts";

const seed = 1;
const historyLengths = [10, 100, 1_000, 10_000, 100_000];
/** Events folded and timed at every history length, and the part of the history by which states grow meanwhile. */
const timedEvents = 20_000;
const growth = 0.1;
/** Of the timings of one length, the median is reported. */
const repeats = 5;
/** Between two events of a history that is put together. */
const stepMs = 10 * 60_000;
const sizesShown = [20, 50, 100, 200, 500, 1_000, 2_000];

await benchmark("fold", { events: 1_000_000, longest: 100_000 }, async ({ events, longest, data }) => {
  const sample = await readSample(data);
  tell(`Fitting the tree of ${sample.items.length} items`);
  const foldable = foldableEvents(sample);
  tell(`Folding ${events} events`);
  const throughput = foldMany(foldable, events);
  tell("Folding onto histories of growing length");
  const costByHistory = historyLengths
    .filter((length) => length <= longest)
    .map((length) => ({ events: length, nanosecondsPerEvent: costAt(foldable, length) }));
  return { ...throughput, costByHistory, ...stateSizes(foldable) };
});

type UserEvent = FoldableEvent & { readonly user: string };

function foldableEvents({ items, events }: Sample): UserEvent[] {
  const keys = new Map(items.map(({ id }, key) => [id, key]));
  const known = events.filter(({ item }) => keys.has(item));
  const byUser = new Map<string, Interaction[]>();
  const interactions = known.map(({ user, item, value, time, type }) => {
    const interaction = { item: keys.get(item)!, time, weight: eventWeight(defaultEventWeights, { type, value }) };
    const earlier = byUser.get(user);
    if (earlier === undefined) byUser.set(user, [interaction]);
    else earlier.push(interaction);
    return interaction;
  });
  const until = known.at(-1)!.time;
  const { fitted } = fitModels(items, interactionTable([...byUser.values()]), { treeVersion: 1, seed, until });
  return known.map(({ user, type, value }, index) => ({
    ...interactions[index],
    nodes: fitted[interactions[index].item].nodes,
    position: index + 1,
    user,
    type,
    value,
    engaging: true,
  }));
}

/** Every repetition of the sample has users of its own, and starts where the one before ended in the log. */
function foldMany(sample: readonly UserEvent[], count: number): Figures {
  const names = Array.from({ length: Math.ceil(count / sample.length) }, (_, repetition) => {
    const users = new Map<string, string>();
    for (const { user } of sample) users.set(user, `${repetition}:${user}`);
    return users;
  });
  // Made beforehand: in the engine they come from the log.
  const stream = Array.from({ length: count }, (_, index): UserEvent => {
    const event = sample[index % sample.length];
    const user = names[Math.floor(index / sample.length)].get(event.user)!;
    return { ...event, position: index + 1, user };
  });
  foldAll(stream.slice(0, Math.min(count, sample.length)));
  const start = performance.now();
  const users = foldAll(stream);
  const seconds = (performance.now() - start) / 1_000;
  return { eventsPerSecond: count / seconds, events: count, users: users.size, seconds };
}

function foldAll(stream: readonly UserEvent[]): Map<string, InterestState> {
  const states = new Map<string, InterestState>();
  for (const event of stream) {
    let state = states.get(event.user);
    if (state === undefined) {
      state = new InterestState();
      states.set(event.user, state);
    }
    state.fold(event);
  }
  return states;
}

function costAt(sample: readonly UserEvent[], length: number): number {
  const more = Math.max(1, Math.round(length * growth));
  const states = Math.max(1, Math.round(timedEvents / more));
  const costs = Array.from({ length: repeats }, (_, repeat) => {
    const grown = Array.from({ length: states }, (_, index) => {
      const start = (repeat * 7_919 + index * 104_729) % sample.length;
      const history = Array.from({ length: length + more }, (_, at): FoldableEvent => {
        const event = sample[(start + at) % sample.length];
        return { ...event, position: at + 1, time: sample[0].time + at * stepMs };
      });
      const state = new InterestState();
      for (const event of history.slice(0, length)) state.fold(event);
      return { state, next: history.slice(length) };
    });
    const start = performance.now();
    for (const { state, next } of grown) for (const event of next) state.fold(event);
    return ((performance.now() - start) * 1e6) / (states * more);
  });
  return costs.toSorted((a, b) => a - b)[Math.floor(repeats / 2)];
}

/** The users whose numbers of events come nearest to the shown ones, and the largest of all. */
function stateSizes(sample: readonly UserEvent[]): Figures {
  const sizes = [...foldAll(sample).values()]
    .map((state) => ({ events: state.events, bytes: encodeState(state, 1).length }))
    .sort((a, b) => a.events - b.events || a.bytes - b.bytes);
  const nearest = (wanted: number) =>
    sizes.reduce((best, size) => (Math.abs(size.events - wanted) < Math.abs(best.events - wanted) ? size : best));
  const shown = [...sizesShown.map(nearest), sizes.at(-1)!];
  return {
    stateBytes: shown.filter(({ events }, index) => events !== shown[index - 1]?.events),
    stateBytesAtThousandEvents: nearest(1_000).bytes,
  };
}
