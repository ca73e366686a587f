/**
 * How far groups that were found agree with classes that were known. With n(g, c) things of class c in group g, of n:
 *
 *     purity = sum over g of max over c of n(g, c) / n
 *     NMI    = 2 I(G; C) / (H(G) + H(C))
 *
 * (Manning, Raghavan and Schütze, Introduction to Information Retrieval, 2008, chapter 16.) Purity rises by itself with the
 * number of groups; mutual information, normalised by both entropies, pays for it.
 */
export interface Agreement {
  readonly nmi: number;
  readonly purity: number;
  readonly groups: number;
  readonly classes: number;
}

/** @param groups and `classes`: of each thing, by whatever names them */
export function agreement(groups: readonly unknown[], classes: readonly string[]): Agreement {
  const total = groups.length;
  const ofGroup = new Map<unknown, Map<string, number>>();
  const ofClass = new Map<string, number>();
  for (const [at, group] of groups.entries()) {
    const within = ofGroup.get(group) ?? new Map<string, number>();
    ofGroup.set(group, within.set(classes[at], (within.get(classes[at]) ?? 0) + 1));
    ofClass.set(classes[at], (ofClass.get(classes[at]) ?? 0) + 1);
  }
  let pure = 0;
  let information = 0;
  const sizes: number[] = [];
  for (const within of ofGroup.values()) {
    const counts = [...within.values()];
    const size = counts.reduce((sum, count) => sum + count, 0);
    sizes.push(size);
    pure += Math.max(...counts);
    for (const [name, count] of within) {
      information += (count / total) * Math.log((count * total) / (size * ofClass.get(name)!));
    }
  }
  const entropies = entropy(sizes, total) + entropy([...ofClass.values()], total);
  return {
    // One group and one class: they agree, and there is nothing to know.
    nmi: total === 0 ? 0 : entropies === 0 ? 1 : (2 * information) / entropies,
    purity: total === 0 ? 0 : pure / total,
    groups: ofGroup.size,
    classes: ofClass.size,
  };
}

function entropy(counts: readonly number[], total: number): number {
  return counts.reduce((sum, count) => sum - (count / total) * Math.log(count / total), 0);
}
