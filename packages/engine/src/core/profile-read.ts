/**
 * Reads a profile: a user's state, the tree and the intensity model at one moment become the tree of numbers that people
 * and programs look at. Reading never changes a state.
 */
import { activeEvents, evidenceByNode, type ItemLookup, sumsOfEvents, sumsOfRecent } from "./evidence.ts";
import { halfLivesDays } from "./half-life.ts";
import { halfLifeIntervals } from "./half-life-interval.ts";
import {
  type Intensities,
  type IntensityModel,
  intensitiesAt,
  isTouched,
  type NodeSums,
  type ReadingRoom,
  readingRoom,
  sumsAt,
} from "./intensity.ts";
import { seenDays } from "./intensity-features.ts";
import { phaseOf } from "./phase.ts";
import type { Phase, Profile, ProfileInterest } from "./profile.ts";
import { returnProbabilities } from "./return-probability.ts";
import type { InterestState } from "./state.ts";
import { sumsPerNode } from "./state-rows.ts";
import { obey } from "./steered-reading.ts";
import { standing } from "./steering.ts";
import { firstLongTerm, timescaleCount } from "./timescales.ts";

export interface ProfileReadOptions {
  readonly depth: number;
  readonly minStrength: number;
  /** Most evidence lines per interest. */
  readonly evidence: number;
  /** The days that probabilities of a return are about. */
  readonly returnDays: number;
  /** Phases by interest that are held unless they are clearly others; default none. */
  readonly heldPhases?: ReadonlyMap<string, Phase>;
}

/** All that a reading computes once; recommendation explains itself from the same numbers. */
export interface Reading {
  readonly model: IntensityModel;
  readonly sums: NodeSums;
  /** What the events let one expect. */
  readonly expected: Intensities;
  /** The same as the user steers it. */
  readonly intensities: Intensities;
  /** Nodes that are pinned or muted, as `obey` tells them. */
  readonly pinned: Uint8Array | undefined;
  readonly muted: Uint8Array | undefined;
  readonly at: number;
}

/**
 * The reading at a moment, or at the state's newest event where a clock ran ahead and that is later.
 *
 * @param reach `touched` is enough for a profile, and costs what the user did and not what the tree holds; of steered users, who may
 *   have asked for anything, all is read
 */
export function readState(
  model: IntensityModel,
  state: InterestState,
  moment: number,
  reach: "all" | "touched" = "all",
  room?: ReadingRoom,
): Reading {
  const at = state.lastTime > moment ? state.lastTime : moment;
  const sums = sumsAt(model, state, at, room);
  const expected = intensitiesAt(model, sums, 0, state.steered.size === 0 ? reach : "all", room);
  return { model, sums, expected, ...obey(model, expected, state.steered, at), at };
}

/** Profiles of one model are read one after the other, in the same room. */
const rooms = new WeakMap<IntensityModel, ReadingRoom>();

/** The profile at a moment: what was touched is read, and nothing but the profile is kept. */
export function profileOf(
  user: string,
  model: IntensityModel,
  state: InterestState,
  moment: number,
  items: ItemLookup,
  options: ProfileReadOptions,
): Profile {
  const room = rooms.get(model) ?? readingRoom(model);
  rooms.set(model, room);
  return readProfile(user, state, readState(model, state, moment, "touched", room), items, options);
}

export function readProfile(
  user: string,
  state: InterestState,
  reading: Reading,
  items: ItemLookup,
  options: ProfileReadOptions,
): Profile {
  const { model, sums, intensities, pinned } = reading;
  const { tree } = model;
  const active = activeEvents(state, items, (node) => tree.nodes[node].parent);
  const activeSums = sumsOfEvents(active, reading.at);
  const exposures = Float64Array.from({ length: timescaleCount }, (_, k) => seenDays(sums.exposureMs, k));
  const recentSums = sumsOfRecent(model, active, activeSums, reading.at);
  const evidence = evidenceByNode(model, intensities, active, activeSums, items, options.evidence);
  const halfLives = halfLivesDays(model, sums);
  const halfLifeInterval = halfLifeIntervals(model, sums, reading.expected);
  const returning = returnProbabilities(model, sums, reading.expected, options.returnDays);

  const build = (index: number): ProfileInterest => {
    const from = index * sumsPerNode;
    const own = sums.values.subarray(from, from + sumsPerNode);
    const lambda = intensities.lambda[index];
    const perLambda = lambda > 0 ? intensities.strength[index] / lambda : 0;
    const shortTerm = intensities.shortTerm[index] * perLambda;
    const longTerm = intensities.longTerm[index] * perLambda;
    const parent = intensities.parent[index] * perLambda;
    const activity = intensities.activity[index] * perLambda;
    const halfLifeDays = halfLives.get(index) ?? null;
    const interval = halfLifeDays === null ? undefined : halfLifeInterval(index, halfLifeDays);
    const steering = standing(state.steered.get(index), reading.at);
    return {
      interest: tree.summary(index),
      strength: intensities.strength[index],
      intensity: intensities.intensity[index],
      shortTerm,
      longTerm,
      background: { base: intensities.strength[index] - shortTerm - longTerm - parent - activity, parent, activity },
      trend: trendOf(model, own, exposures, index),
      phase: phaseOf(
        {
          sums: own,
          recentSums: recentSums.subarray(index * timescaleCount, (index + 1) * timescaleCount),
          seenDays: exposures,
        },
        options.heldPhases?.get(tree.nodes[index].id),
      ),
      confidence: own[timescaleCount - 1] / (own[timescaleCount - 1] + model.settings.priorEvents),
      halfLifeDays,
      ...(interval !== undefined && { halfLifeInterval: interval }),
      ...(returning !== undefined && { returnProbability: returning(index) }),
      lastSeen: sums.lastSeen[index] >= 0 ? sums.lastSeen[index] : null,
      evidence: evidence.get(index) ?? [],
      ...(steering.length > 0 && { steering }),
      children: tree.nodes[index].level < options.depth ? childrenOf(index) : [],
    };
  };
  const isShown = (index: number): boolean =>
    pinned?.[index] === 1 || (isTouched(sums, index) && intensities.strength[index] >= options.minStrength);
  /** What the user did something about or has pinned, strongest first. */
  const childrenOf = (index: number): ProfileInterest[] =>
    model.children[index]
      .filter(isShown)
      .sort((a, b) => intensities.strength[b] - intensities.strength[a])
      .map(build);

  const interests = options.depth > 0 ? childrenOf(0) : [];
  let shown = 0;
  for (const { strength } of interests) shown += strength;
  return {
    user,
    at: reading.at,
    treeVersion: tree.version,
    events: state.events,
    firstSeen: state.events > 0 ? state.firstTime : null,
    lastSeen: state.events > 0 ? state.lastTime : null,
    intensity: intensities.intensity[0],
    ...(returning !== undefined && { returnDays: options.returnDays }),
    other: Math.max(0, 1 - shown),
    interests,
  };
}

/** ln of the short rate over the long one; the short is smoothed towards the long, the long towards the population. */
function trendOf(model: IntensityModel, own: Float64Array, exposures: Float64Array, index: number): number {
  const { priorDays, trendPriorDays } = model.settings;
  let shortSum = 0;
  let shortDays = 0;
  let longSum = 0;
  let longDays = 0;
  for (let k = 0; k < timescaleCount; k++) {
    if (k < firstLongTerm) {
      shortSum += own[k];
      shortDays += exposures[k];
    } else {
      longSum += own[k];
      longDays += exposures[k];
    }
  }
  const longRate = (longSum + priorDays * model.rates[index]) / (longDays + priorDays);
  const shortRate = (shortSum + trendPriorDays * longRate) / (shortDays + trendPriorDays);
  return longRate > 0 && shortRate > 0 ? Math.log(shortRate / longRate) : 0;
}
