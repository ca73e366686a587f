/**
 * What changed between two profiles of a user, in numbers and in words. Both are read under the same tree, so that an
 * interest is found again by its id. Strengths drift all the time; what moves less than `noticeable` is left out unless
 * its phase changed.
 */
import type { InterestSummary, Phase, Profile, ProfileInterest } from "./profile.ts";

/** A number at both moments. */
export interface BeforeAfter {
  readonly before: number;
  readonly after: number;
}

export interface InterestChange {
  readonly interest: InterestSummary;
  readonly strength: BeforeAfter;
  readonly intensity: BeforeAfter;
  /** Null where the profile does not have the interest. */
  readonly phase: { readonly before: Phase | null; readonly after: Phase | null };
  /** One sentence. */
  readonly text: string;
}

export interface ProfileChanges {
  readonly user: string;
  /** The moments of the two profiles, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Events counted in the second and not in the first. */
  readonly events: number;
  /** Expected events per day altogether. */
  readonly intensity: BeforeAfter;
  /** What changed most of the whole stands first. */
  readonly changes: readonly InterestChange[];
  /** The most important of it in a few sentences. */
  readonly text: string;
}

/** An interest has gone from one phase to another. */
export interface PhaseTransition {
  readonly interest: InterestSummary;
  /** Null for an interest that the profile did not have. */
  readonly before: Phase | null;
  readonly after: Phase;
  readonly at: number;
}

/** Change of a strength that is worth a line. */
const noticeable = 0.01;
const sentencesMax = 5;

/** @param before and after both of one user, under one tree, of the same depth */
export function changesBetween(before: Profile, after: Profile): ProfileChanges {
  const places = new Map<string, Partial<Record<"before" | "after", Place>>>();
  for (const place of placesOf(before)) places.set(place.node.interest.id, { before: place });
  for (const place of placesOf(after)) {
    places.set(place.node.interest.id, { ...places.get(place.node.interest.id), after: place });
  }
  const found = [...places.values()].flatMap(({ before: was, after: is }) => {
    const change = changeOf(was?.node, is?.node, (is ?? was)!.parentLabel);
    return change === undefined ? [] : [{ change, moved: Math.abs((is?.share ?? 0) - (was?.share ?? 0)) }];
  });
  const changes = found.sort((a, b) => b.moved - a.moved).map(({ change }) => change);
  const events = after.events - before.events;
  const sentences = changes.slice(0, sentencesMax).map(({ text }) => text);
  if (changes.length > sentencesMax) sentences.push(`${changes.length - sentencesMax} more changes are smaller.`);
  return {
    user: after.user,
    from: before.at,
    to: after.at,
    events,
    intensity: { before: before.intensity, after: after.intensity },
    changes,
    text: [`${events} ${events === 1 ? "event" : "events"} came.`, ...sentences].join(" "),
  };
}

/** The phases that differ from those that were told before; only what is in the profile counts. */
export function transitionsTo(profile: Profile, told: ReadonlyMap<string, Phase>): PhaseTransition[] {
  return placesOf(profile).flatMap(({ node: { interest, phase } }) => {
    const before = told.get(interest.id) ?? null;
    return before === phase ? [] : [{ interest, before, after: phase, at: profile.at }];
  });
}

/** The phases in a profile by the interests' ids. */
export function phasesOf(profile: Profile): Map<string, Phase> {
  return new Map(placesOf(profile).map(({ node }) => [node.interest.id, node.phase]));
}

interface Place {
  readonly node: ProfileInterest;
  readonly parentLabel: string | undefined;
  /** Of everything that is expected, 0 to 1. */
  readonly share: number;
}

function placesOf({ interests, intensity }: Profile): Place[] {
  const below = (nodes: readonly ProfileInterest[], parentLabel: string | undefined): Place[] =>
    nodes.flatMap((node) => [
      { node, parentLabel, share: intensity > 0 ? node.intensity / intensity : 0 },
      ...below(node.children, node.interest.label),
    ]);
  return below(interests, undefined);
}

function changeOf(
  was: ProfileInterest | undefined,
  is: ProfileInterest | undefined,
  parentLabel: string | undefined,
): InterestChange | undefined {
  const { interest } = (is ?? was)!;
  const strength = { before: was?.strength ?? 0, after: is?.strength ?? 0 };
  const phase = { before: was?.phase ?? null, after: is?.phase ?? null };
  if (phase.before === phase.after && Math.abs(strength.after - strength.before) < noticeable) return undefined;
  const intensity = { before: was?.intensity ?? 0, after: is?.intensity ?? 0 };
  const text = sentenceOf(interest.label, strength, phase, parentLabel === undefined ? "everything" : parentLabel);
  return { interest, strength, intensity, phase, text };
}

function sentenceOf(label: string, strength: BeforeAfter, phase: InterestChange["phase"], whole: string): string {
  const before = percent(strength.before);
  const after = percent(strength.after);
  if (phase.before === null) return `${label} is new: ${after} of ${whole}, ${phase.after}.`;
  if (phase.after === null) return `${label} is gone; it was ${before} of ${whole}.`;
  const verb = strength.after > strength.before ? "grew" : "fell";
  const moved = before === after ? `stayed at ${after}` : `${verb} from ${before} to ${after}`;
  const turned = phase.before === phase.after ? "" : ` and went from ${phase.before} to ${phase.after}`;
  return `${label} ${moved} of ${whole}${turned}.`;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
