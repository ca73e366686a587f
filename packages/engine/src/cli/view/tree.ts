/** Trees drawn with guides, as `├─ ` before a branch and `│  ` beside what lies below it. */

export interface TreeLine<T> {
  readonly node: T;
  /** What stands before the node's name. */
  readonly guide: string;
}

/** All nodes from top to bottom, each with its guide; the roots have none. */
export function treeLines<T>(roots: readonly T[], childrenOf: (node: T) => readonly T[]): TreeLine<T>[] {
  const lines: TreeLine<T>[] = [];
  const visit = (node: T, guide: string, below: string) => {
    lines.push({ node, guide });
    const children = childrenOf(node);
    for (const [index, child] of children.entries()) {
      const last = index === children.length - 1;
      visit(child, below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    }
  };
  for (const root of roots) visit(root, "", "");
  return lines;
}
