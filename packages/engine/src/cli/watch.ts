/**
 * A training's curve while it goes on: on a terminal drawn anew after each epoch, in the place of the one before; elsewhere
 * once, when the training is over.
 */
import type { CurvePoint } from "../core/model.ts";
import { type Terminal, viewOptions } from "./terminal.ts";
import { curveView } from "./view/curve.ts";

export interface Watch {
  readonly onEpoch: (point: CurvePoint) => void;
  /** Part of the work done, 0 to 1. */
  readonly onProgress: (done: number) => void;
  /** The training is over, whatever came of it. */
  stop(): void;
}

export function watchTraining({ stderr, environment }: Terminal): Watch {
  const curve: CurvePoint[] = [];
  let percent = 0;
  let drawn = 0;
  const text = () => {
    // Lines that a terminal would break could not be counted.
    const { columns, colours } = viewOptions({ stdout: stderr, stderr, environment });
    return curveView(curve, { columns: columns - 1, colours });
  };
  const draw = () => {
    if (!stderr.isTTY) return;
    const lines = `${text()}${percent}% of the training\n`;
    stderr.write(`${drawn > 0 ? `\u001b[${drawn}F\u001b[J` : ""}${lines}`);
    drawn = lines.split("\n").length - 1;
  };
  return {
    onEpoch(point) {
      curve.push(point);
      draw();
    },
    onProgress(done) {
      const whole = Math.floor(100 * done);
      if (whole === percent) return;
      percent = whole;
      draw();
    },
    stop() {
      if (!stderr.isTTY && curve.length > 0) stderr.write(text());
    },
  };
}
