/**
 * A person's interests as networks read them: after each event, the strongest nodes of their profile with what is known of
 * each. The nodes are those of the items' category paths, and the whole of what the person did stands first; without
 * categories it stands alone. Only positive events count, with their weight, split over an item's paths.
 *
 * Of a node at a moment are known (`traits`)
 *
 *     1 | ln(1 + S_k) on four timescales | its phase, one of five | ln(1 + age) of its first and of its last event
 *
 * with S_k the decayed sums that profiles are made of (`core/timescales.ts`, `core/phase.ts`). Where times are read, ages are
 * days; else they are events, because half of all public data sets know in which order things happened and not when.
 * All of a history counts, however few of its newest steps the network reads. One walk over it does: every
 * event fades what there is by four factors and adds to its item's nodes.
 */
import { dayMs } from "../../base/time.ts";
import type { InteractionTable } from "../../core/interaction-table.ts";
import { phaseOf, revivalWindowMs } from "../../core/phase.ts";
import type { Phase } from "../../core/profile.ts";
import { halfLivesDays, timescaleCount } from "../../core/timescales.ts";
import { input, type Tensor, type Values } from "../../nn/tensor.ts";
import type { ItemPaths } from "./item-features.ts";

/** What profiles are made of. */
export interface Interests {
  /** Of all items, by the keys of the steps; undefined where nothing is known of categories. */
  readonly paths: ItemPaths | undefined;
  /** Beginnings of category paths, by the number of their node. */
  readonly nodes: readonly string[];
}

/** What is read of profiles. */
export interface ProfileReading {
  readonly paths: Interests["paths"];
  /** Nodes that are read at a step, the whole among them. */
  readonly slots: number;
  /** What ages are counted in. */
  readonly clock: "events" | "days";
}

/** Profiles, row after row. */
export interface ProfileColumns {
  /** Node 0 is the whole, node n + 1 the n-th of the paths. [rows, slots] */
  readonly nodes: Int32Array;
  /** All 0 where a profile has fewer nodes than there are slots. [rows, slots, traits] */
  readonly traits: Float32Array;
}

/** The columns as inputs of a graph: int32 [rows, slots], and [rows, slots, traits]. */
export interface ProfileInputs {
  readonly nodes: Tensor;
  readonly traits: Tensor;
}

/** A person's events that count, oldest first. */
type History = Pick<InteractionTable, "items" | "times" | "weights">;

export const phases: readonly Phase[] = ["emerging", "core", "fading", "dormant", "revived"];

/** Where a node's traits lie. */
export const traitAt = {
  real: 0,
  sums: 1,
  phase: 1 + timescaleCount,
  first: 6 + timescaleCount,
  last: 7 + timescaleCount,
} as const;
export const traitCount = 8 + timescaleCount;

/** Half-lives where events are the clock, and how far back a node counts as woken just now. */
const halfLivesEvents = [2, 8, 32, 128] as const;
const revivalEvents = 2 * halfLivesEvents[1];

/** Of the phase's sums, those from this timescale on are read. */
const firstOfPhase = 2;

/** How many nodes there are, the whole among them. */
export function profileNodes({ paths }: ProfileReading): number {
  return 1 + (paths?.nodeCount ?? 0);
}

/** The nodes of an item, the whole among them, each with its share of the item. */
export function nodesOfItem({ paths }: ProfileReading, item: number): [node: number, share: number][] {
  const nodes: [number, number][] = [[0, 1]];
  if (paths !== undefined) {
    for (let at = paths.offsets[item]; at < paths.offsets[item + 1]; at++)
      nodes.push([paths.nodes[at] + 1, paths.shares[at]]);
  }
  return nodes;
}

/** Zeros for so many profiles, as `writeProfiles` fills them. */
export function profileColumns({ slots }: ProfileReading, rows: number): ProfileColumns {
  return { nodes: new Int32Array(rows * slots), traits: new Float32Array(rows * slots * traitCount) };
}

export function profileInputs({ slots }: ProfileReading, rows: number): ProfileInputs {
  return { nodes: input("interests", [rows, slots], "int32"), traits: input("traits", [rows, slots, traitCount]) };
}

/** What `profileInputs` are fed. */
export function profileFeeds({ nodes, traits }: ProfileColumns): Record<string, Values> {
  return { interests: nodes, traits };
}

/**
 * Writes the profiles after some steps of a history into columns from row `row` on.
 *
 * @param history all that is known of the person
 * @param from the first step that is written; all from it on are
 * @param asked when the question after each written step is asked, in milliseconds; undefined where nobody knows beforehand
 */
export function writeProfiles(
  { nodes, traits }: ProfileColumns,
  row: number,
  history: History,
  from: number,
  asked: ArrayLike<number> | undefined,
  reading: ProfileReading,
): void {
  const { items, times, weights } = history;
  const byDays = reading.clock === "days";
  const momentOf = (step: number) => (byDays ? times[step] / dayMs : step);
  const walk = new ProfileWalk(reading, momentOf);
  for (let step = 0; step < items.length; step++) {
    walk.add(items[step], Math.max(weights[step], 0));
    if (step < from) continue;
    const moment = byDays && asked !== undefined ? asked[step - from] / dayMs : momentOf(step);
    const place = (row + step - from) * reading.slots;
    walk.write(Math.max(moment, momentOf(step)), nodes, traits, place);
  }
}

/** What is known of a node at the moment of the last event. */
interface NodeState {
  readonly node: number;
  /** S_k. */
  readonly sums: Float64Array;
  /** The part of them that is older than the last short window. */
  readonly before: Float64Array;
  first: number;
  last: number;
}

class ProfileWalk {
  readonly #reading: ProfileReading;
  readonly #momentOf: (step: number) => number;
  readonly #taus: readonly number[];
  readonly #window: number;
  readonly #states: NodeState[] = [];
  readonly #stateOf = new Map<number, NodeState>();
  /** Items and weights by step. */
  readonly #steps: { readonly item: number; readonly weight: number }[] = [];
  /** Steps before this one have left the last short window. */
  #left = 0;
  readonly #factors = new Float64Array(timescaleCount);
  readonly #recent = new Float64Array(timescaleCount);
  readonly #faded = new Float64Array(timescaleCount);
  readonly #seen = new Float64Array(timescaleCount);

  /** @param momentOf when a step's event was, in units of the clock; ascending */
  constructor(reading: ProfileReading, momentOf: (step: number) => number) {
    const byDays = reading.clock === "days";
    this.#reading = reading;
    this.#momentOf = momentOf;
    this.#taus = (byDays ? halfLivesDays : halfLivesEvents).map((halfLife) => halfLife / Math.LN2);
    this.#window = byDays ? revivalWindowMs / dayMs : revivalEvents;
    this.#state(0, momentOf(0));
  }

  add(item: number, weight: number): void {
    const step = this.#steps.push({ item, weight }) - 1;
    const now = this.#momentOf(step);
    const factors = this.#factorsFor(step === 0 ? 0 : now - this.#momentOf(step - 1));
    for (const { sums, before } of this.#states) {
      for (let k = 0; k < timescaleCount; k++) {
        sums[k] *= factors[k];
        before[k] *= factors[k];
      }
    }
    if (weight === 0) return;
    for (const [node, share] of nodesOfItem(this.#reading, item)) {
      const state = this.#state(node, now);
      for (let k = 0; k < timescaleCount; k++) state.sums[k] += weight * share;
      state.last = now;
    }
  }

  /** The profile at a moment from the last event on, before the next. */
  write(moment: number, nodes: Int32Array, traits: Float32Array, place: number): void {
    const step = this.#steps.length - 1;
    this.#leave(moment, this.#momentOf(step));
    const factors = this.#factorsFor(moment - this.#momentOf(step));
    for (let k = 0; k < timescaleCount; k++) {
      const tau = this.#taus[k];
      this.#seen[k] = -tau * Math.expm1(-(moment - this.#momentOf(0)) / tau);
    }
    for (const [slot, { node, sums, before, first, last }] of this.#strongest().entries()) {
      nodes[place + slot] = node;
      const at = (place + slot) * traitCount;
      for (let k = 0; k < timescaleCount; k++) {
        this.#faded[k] = sums[k] * factors[k];
        this.#recent[k] = this.#faded[k] - before[k] * factors[k];
        traits[at + traitAt.sums + k] = Math.log1p(this.#faded[k]);
      }
      const phase = phaseOf({ sums: this.#faded, recentSums: this.#recent, seenDays: this.#seen });
      traits[at + traitAt.real] = 1;
      traits[at + traitAt.phase + phases.indexOf(phase)] = 1;
      traits[at + traitAt.first] = Math.log1p(moment - first);
      traits[at + traitAt.last] = Math.log1p(moment - last);
    }
  }

  /** Notes as old what has come to lie before the last short window. */
  #leave(moment: number, now: number): void {
    for (; this.#left < this.#steps.length; this.#left++) {
      const then = this.#momentOf(this.#left);
      if (then > moment - this.#window) return;
      const { item, weight } = this.#steps[this.#left];
      if (weight === 0) continue;
      for (const [node, share] of nodesOfItem(this.#reading, item)) {
        const { before } = this.#state(node, now);
        for (let k = firstOfPhase; k < timescaleCount; k++) {
          before[k] += weight * share * Math.exp(-(now - then) / this.#taus[k]);
        }
      }
    }
  }

  /** The whole, then the nodes that lead on the longest timescale; of equals the one that came first. */
  #strongest(): readonly NodeState[] {
    const { slots } = this.#reading;
    if (this.#states.length <= slots) return this.#states;
    const [whole, ...others] = this.#states;
    const longest = timescaleCount - 1;
    others.sort((a, b) => b.sums[longest] - a.sums[longest]);
    return [whole, ...others.slice(0, slots - 1)];
  }

  #factorsFor(elapsed: number): Float64Array {
    for (let k = 0; k < timescaleCount; k++) this.#factors[k] = Math.exp(-elapsed / this.#taus[k]);
    return this.#factors;
  }

  #state(node: number, now: number): NodeState {
    let state = this.#stateOf.get(node);
    if (state === undefined) {
      const zeros = () => new Float64Array(timescaleCount);
      state = { node, sums: zeros(), before: zeros(), first: now, last: now };
      this.#stateOf.set(node, state);
      this.#states.push(state);
    }
    return state;
  }
}
