/** A training's curve in the terminal: loss and each metric as a profile of blocks, with the last and the best value. */
import type { CurvePoint } from "../../core/model.ts";
import { isLowerBetter } from "../../evaluate/measure.ts";
import { coloursOf, count, cutTo, printable, type ViewOptions, widthOf } from "./text.ts";

/** Lines of a plot, each of eight levels. */
const rows = 4;
const levels = 8;
const blocks = " ▁▂▃▄▅▆▇█";
/** Cells of an epoch, where there are few. */
const cellsMax = 4;

export function curveView(curve: readonly CurvePoint[], options: ViewOptions): string {
  const last = curve.at(-1);
  if (last === undefined) return "No epoch is done yet.\n";
  const { bold } = coloursOf(options);
  const plots = ["loss", ...Object.keys(last.metrics)].flatMap((name) => {
    const values = curve.map((point) => (name === "loss" ? point.loss : (point.metrics[name] ?? Number.NaN)));
    const isLower = name === "loss" || isLowerBetter(name);
    const best = values.reduce((found, value, index) => (isBetter(value, values[found], isLower) ? index : found), 0);
    const facts = `${values.at(-1)!.toFixed(4)}, best ${values[best].toFixed(4)} in epoch ${curve[best].epoch}`;
    const title = cutTo(printable(name), options.columns);
    return [
      `${bold(title)} ${cutTo(facts, options.columns - widthOf(title) - 1)}`,
      ...plotted(values, options.columns),
    ];
  });
  const { epoch, step, seconds, learningRate } = last;
  const end = `epoch ${count(epoch)}, ${count(step)} steps, ${count(seconds)} s, learning rate ${Number(learningRate.toPrecision(3))}`;
  return `${[...plots, cutTo(end, options.columns)].join("\n")}\n`;
}

const isBetter = (value: number, other: number, isLower: boolean) => (isLower ? value < other : value > other);

/** From the least value, which is drawn as a thin line, to the greatest; of more than there are cells, means of neighbours. */
function plotted(values: readonly number[], columns: number): string[] {
  const wide = Math.max(1, Math.min(cellsMax, Math.floor(columns / values.length)));
  const cells = Math.min(values.length, columns);
  const means = Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * values.length) / cells);
    const to = Math.floor(((cell + 1) * values.length) / cells);
    const among = values.slice(from, to).filter((value) => !Number.isNaN(value));
    return among.reduce((sum, value) => sum + value, 0) / among.length;
  });
  const known = means.filter((mean) => !Number.isNaN(mean));
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const heights = means.map((mean) => {
    if (Number.isNaN(mean)) return 0;
    return 1 + Math.round(most > least ? ((mean - least) / (most - least)) * (rows * levels - 1) : 0);
  });
  return Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * levels;
    return heights.map((height) => blocks[Math.max(0, Math.min(levels, height - below))].repeat(wide)).join("");
  });
}
