/** The interest tree in the terminal: every interest with its number of items, its half-life where learned, and its keywords. */
import type { HalfLife } from "../../core/intensity-weights.ts";
import type { TreeInterest } from "../../engine.ts";
import { coloursOf, count, counted, cutTo, days, fitTo, printable, type ViewOptions, widthOf } from "./text.ts";
import { treeLines } from "./tree.ts";

const gap = "  ";

/**
 * The tree below the root down to `depth` levels, biggest interests first, as text with a line end after every line.
 * `interests` are in the engine's order: parents before children, the root first.
 */
export function interestsView(interests: readonly TreeInterest[], options: ViewOptions & { depth: number }): string {
  const colours = coloursOf(options);
  const children = Map.groupBy(interests, ({ parent }) => parent);
  const childrenOf = ({ id, level }: TreeInterest) =>
    level >= options.depth ? [] : (children.get(id) ?? []).toSorted((a, b) => b.itemCount - a.itemCount);
  const [root] = interests;
  if (!root || interests.length === 1) return "No interests yet.\n";
  const levels = Math.max(...interests.map(({ level }) => level));
  const lines = treeLines(childrenOf(root), childrenOf);
  const labels = lines.map(({ node, guide }) => guide + printable(node.label));
  const counts = lines.map(({ node }) => count(node.itemCount));
  const countWidth = Math.max(...counts.map((text) => text.length));
  const longest = Math.max(0, ...labels.map(widthOf));
  const labelWidth = Math.min(longest, Math.max(16, Math.floor(options.columns * 0.5)));
  const halves = lines.map(({ node: { halfLife } }) => (halfLife === undefined ? "" : halfLifeText(halfLife)));
  const halfLifeWidth = Math.max(...halves.map((text) => text.length));
  const fixedWidth = countWidth + (halfLifeWidth > 0 ? halfLifeWidth + gap.length : 0);
  const keywordWidth = options.columns - labelWidth - fixedWidth - 2 * gap.length;
  const rows = lines.map(({ node }, index) => {
    const keywords = colours.dim(cutTo(printable(node.keywords.join(", ")), keywordWidth));
    const halfLife = halfLifeWidth > 0 ? [halves[index].padStart(halfLifeWidth)] : [];
    return [fitTo(labels[index], labelWidth), counts[index].padStart(countWidth), ...halfLife, keywords]
      .join(gap)
      .trimEnd();
  });
  const heading = `${counted(interests.length - 1, "interest")} in ${counted(levels, "level")}, ${counted(root.itemCount, "item")}`;
  const legend =
    halfLifeWidth > 0 ? [colours.dim("items, days in which a habit halves (95 % interval), keywords")] : [];
  return `${[colours.bold(heading), ...legend, "", ...rows].join("\n")}\n`;
}

function halfLifeText({ days: middle, lowDays, highDays }: HalfLife): string {
  return `${days(middle)} d (${days(lowDays)} to ${days(highDays)})`;
}
