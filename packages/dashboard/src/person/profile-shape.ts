/** A profile as the page looks at it: shares of the whole instead of shares of the parent, and the few facts worth a sentence. */
import type { Profile, ProfileInterest } from "@penchant/protocol";

export interface ShapedInterest {
  readonly node: ProfileInterest;
  /** Expected share of all of the person's events. */
  readonly share: number;
  /** From the broadest to the interest itself. */
  readonly path: readonly ProfileInterest[];
}

/** The interest of an id with its way from the top; undefined where the profile does not have it. */
export function findInterest(profile: Profile, id: string): ShapedInterest | undefined {
  const visit = (
    nodes: readonly ProfileInterest[],
    above: readonly ProfileInterest[],
    share: number,
  ): ShapedInterest | undefined => {
    for (const node of nodes) {
      const path = [...above, node];
      const own = share * node.strength;
      if (node.interest.id === id) return { node, share: own, path };
      const below = visit(node.children, path, own);
      if (below !== undefined) return below;
    }
    return undefined;
  };
  return visit(profile.interests, [], 1);
}

export interface Slice {
  readonly id: string;
  readonly name: string;
  /** Share of the whole; what its children leave is the interest's own. */
  readonly value: number;
  readonly phase: ProfileInterest["phase"];
  readonly level: number;
  readonly children: readonly Slice[];
}

/** Above it a sunburst would be dust, and slow. */
const slicesMax = 300;

/**
 * The profile as slices of a sunburst: those with at least a share of the whole, and of more than 300 the largest.
 *
 * @param shareMin 0 to 1
 */
export function slicesOf(profile: Profile, shareMin: number): Slice[] {
  const shares: number[] = [];
  const collect = (nodes: readonly ProfileInterest[], whole: number) => {
    for (const node of nodes) {
      shares.push(whole * node.strength);
      collect(node.children, whole * node.strength);
    }
  };
  collect(profile.interests, 1);
  const last = shares.toSorted((a, b) => b - a)[slicesMax - 1] ?? 0;
  const least = Math.max(shareMin, last);
  const build = (nodes: readonly ProfileInterest[], whole: number): Slice[] =>
    nodes
      .filter(({ strength }) => whole * strength >= least)
      .map(({ interest, strength, phase, children }) => ({
        id: interest.id,
        name: interest.label,
        value: whole * strength,
        phase,
        level: interest.level,
        children: build(children, whole * strength),
      }));
  return build(profile.interests, 1);
}

/** What a sentence about a person says; labels of broad interests, each in one place at most. */
export interface Gist {
  readonly most: readonly string[];
  readonly rising: readonly string[];
  readonly fading: readonly string[];
}

const mostMax = 3;
/** An interest is named among the strongest when it is at least half as strong as the first. */
const partOfFirst = 0.5;
const othersMax = 2;
/** Weaker ones are not worth a sentence, whatever they do. */
const shareWorthNaming = 0.02;
/** The last days count more than three times as much as the months before. */
const risingTrend = Math.log(3);

export function gistOf({ interests }: Profile): Gist {
  const awake = interests.filter(({ phase }) => phase !== "dormant");
  const first = awake[0]?.strength ?? 0;
  const named = new Set<string>();
  const pick = (nodes: readonly ProfileInterest[], most: number) => {
    const labels = nodes
      .map(({ interest }) => interest.label)
      .filter((label) => !named.has(label))
      .slice(0, most);
    for (const label of labels) named.add(label);
    return labels;
  };
  const worth = interests.filter(({ strength }) => strength >= shareWorthNaming);
  const rising = worth.filter(({ phase, trend }) => phase === "emerging" || phase === "revived" || trend > risingTrend);
  const most = awake.filter(({ strength }) => strength >= partOfFirst * first);
  const fading = worth.filter(({ phase }) => phase === "fading");
  // Of what is both strong and rising, that it is strong is said first, and that it rises is not left out.
  const strongest = pick(most, mostMax);
  const alsoRising = rising.map(({ interest }) => interest.label).filter((label) => strongest.includes(label));
  return {
    most: strongest,
    rising: [...alsoRising, ...pick(rising, othersMax)].slice(0, othersMax),
    fading: pick(fading, othersMax),
  };
}
