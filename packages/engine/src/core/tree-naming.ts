/**
 * Names the children of one split: class-based TF-IDF over their items' words (`labels.ts`), words that say nothing new
 * below their parent left out. An interest that was there before keeps its label for as long as its words still fit, because
 * people know it by that.
 */
import { classKeywords, uniqueLabels } from "./labels.ts";
import type { InterestNode, InterestTree } from "./tree.ts";

/** What naming reads of an item. */
export interface NamedItem {
  /** Words that may label an interest, as a person would read them. */
  readonly terms: readonly string[];
  readonly title: string;
  /** How well known the item is, for naming examples: its number of events. */
  readonly popularity: number;
}

export interface GroupName {
  readonly label: string;
  readonly keywords: readonly string[];
  readonly description: string;
}

/** A word labels an interest when at least this part of its items have it. */
const labelShareMin = 0.12;
const keywordsKept = 8;
const examplesNamed = 3;

/**
 * @param groups the items of each child; none empty
 * @param labelsBefore the label that each child had, undefined where it is new
 */
export function nameGroups(
  tree: InterestTree,
  parent: InterestNode,
  groups: readonly (readonly NamedItem[])[],
  labelsBefore: readonly (string | undefined)[],
): GroupName[] {
  const saidAbove = wordsAbove(tree, parent);
  const keywords = classKeywords(
    groups.map((group) => countTerms(group, saidAbove)),
    { keywords: keywordsKept },
  );
  const known = groups.map(examples);
  const taken = new Set(tree.children(parent.index).map((child) => tree.nodes[child].label));
  const kept = labelsBefore.map((label, group) => {
    if (label === undefined || taken.has(label) || !fits(label, keywords[group])) return undefined;
    taken.add(label);
    return label;
  });
  // Where words tell siblings apart too little, the best-known item does: "Comedy, Like Pretty Woman".
  const unnamed = [...groups.keys()].filter((group) => kept[group] === undefined);
  const given = uniqueLabels(
    unnamed.map((group) => [...keywords[group], { term: `like ${known[group][0]}` }]),
    { taken },
  );
  return groups.map((_, group) => ({
    label: kept[group] ?? given[unnamed.indexOf(group)],
    keywords: keywords[group].map(({ term }) => term),
    description: `Such as ${known[group].join(", ")}`,
  }));
}

/** Whether a label's words are still among the words that set the group apart, or it never had any. */
function fits(label: string, keywords: readonly { readonly term: string }[]): boolean {
  const words = new Set(keywords.map(({ term }) => fold(term)));
  return label.split(", ").every((word) => words.has(fold(word)) || /^Like |\d$/.test(word));
}

/** The words of the labels from a node up: below it they say nothing new. */
function wordsAbove(tree: InterestTree, node: InterestNode): Set<string> {
  return new Set(tree.pathTo(node.index).flatMap(({ label }) => [label, ...label.split(", ")].map(fold)));
}

/** In how many items of a group each term occurs; rare terms, and those already said above it, are left out. */
function countTerms(group: readonly NamedItem[], saidAbove: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { terms } of group) {
    for (const term of new Set(terms)) {
      if (!saidAbove.has(fold(term))) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  for (const [term, count] of counts) if (count < labelShareMin * group.length) counts.delete(term);
  return counts;
}

function fold(word: string): string {
  return word.toLowerCase();
}

/** The titles of the best-known items. */
function examples(group: readonly NamedItem[]): string[] {
  return group
    .toSorted((a, b) => b.popularity - a.popularity || (a.title < b.title ? -1 : 1))
    .slice(0, examplesNamed)
    .map(({ title }) => title);
}
