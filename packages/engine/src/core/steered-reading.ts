/**
 * What steering makes of a reading.
 *
 * Boosts and mutes are factors on the intensities of everything under their node, and are then summed up to the root: a
 * boosted interest has its factor times the intensity, its siblings keep theirs, and every strength is again the share
 * of its parent. Lambda and what it is made of stay what the events say, so that accounts go on adding up.
 */
import type { Intensities, IntensityModel } from "./intensity.ts";
import type { SteeredNodes } from "./steering.ts";

/** What a reading has to obey at its moment. */
export interface Steered {
  readonly intensities: Intensities;
  /** 1 for nodes that are pinned, or have one that is below them. [n]; absent when nothing is pinned. */
  readonly pinned: Uint8Array | undefined;
  /** 1 for nodes at or under a muted one. [n]; absent when nothing is muted. */
  readonly muted: Uint8Array | undefined;
}

/** @returns the same intensities where nothing is asked for */
export function obey(model: IntensityModel, expected: Intensities, steered: SteeredNodes, at: number): Steered {
  let hasFactor = false;
  let pinned: Uint8Array | undefined;
  let muted: Uint8Array | undefined;
  const { nodeCount, tree } = model;
  const factors = steered.size === 0 ? undefined : new Float64Array(nodeCount).fill(1);
  if (factors === undefined) return { intensities: expected, pinned, muted };
  for (const [node, { pinnedUntil, boostedUntil, boostFactor, mutedUntil }] of steered) {
    if (node >= nodeCount) continue;
    if (at < pinnedUntil) {
      pinned ??= new Uint8Array(nodeCount);
      for (let above = node; above >= 0; above = tree.nodes[above].parent) pinned[above] = 1;
    }
    if (at < boostedUntil) factors[node] = boostFactor;
    if (at < mutedUntil) {
      muted ??= new Uint8Array(nodeCount);
      muted[node] = 1;
      factors[node] = 0;
    }
    hasFactor ||= factors[node] !== 1;
  }
  // Parents come before their children.
  for (let node = 1; node < nodeCount; node++) {
    const { parent } = tree.nodes[node];
    factors[node] *= factors[parent];
    if (muted?.[parent] === 1) muted[node] = 1;
  }
  return { intensities: hasFactor ? scaled(model, expected, factors) : expected, pinned, muted };
}

function scaled({ nodeCount, children }: IntensityModel, expected: Intensities, factors: Float64Array): Intensities {
  const intensity = expected.intensity.slice();
  const strength = new Float64Array(expected.strength.length);
  for (let node = nodeCount - 1; node >= 0; node--) {
    intensity[node] *= factors[node];
    if (children[node].length === 0) continue;
    const other = nodeCount + node;
    intensity[other] *= factors[node];
    let total = intensity[other];
    for (const child of children[node]) total += intensity[child];
    intensity[node] = total;
    if (total === 0) continue;
    strength[other] = intensity[other] / total;
    for (const child of children[node]) strength[child] = intensity[child] / total;
  }
  strength[0] = 1;
  return { ...expected, intensity, strength };
}
