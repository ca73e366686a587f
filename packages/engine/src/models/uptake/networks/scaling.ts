/**
 * Columns of numbers as networks read them: each between 0 and 1, from what all but a thousandth at either end of the training
 * had; what lies beyond is cut. A number that is not known reads as the column's mean, and where that came about in the
 * training, a column more says so.
 *
 * Most columns crowd in a small part of that range, and layers take long to see anything there. Where they read many columns
 * side by side, each is then moved and spread to mean 0 and deviation 1 (`writeStandard`).
 */

export interface Scaling {
  /** What reads as 0, by column, and what lies between it and 1; 0 for a column that never varied. */
  readonly lows: Float32Array;
  readonly spans: Float32Array;
  /** What reads in place of a number that is not known. */
  readonly means: Float32Array;
  /** Of what was known, between 0 and 1. */
  readonly deviations: Float32Array;
  /** Columns that lacked some numbers in the training. */
  readonly flagged: Int32Array;
}

/** Rows that are looked at, spread evenly over all. */
const rowsMax = 100_000;
/** Share of the numbers beyond either end. */
const beyond = 1e-3;

/** @param values NaN where something is not known. [rows, width] */
export function scalingOf(values: Float32Array, width: number): Scaling {
  const rows = values.length / width;
  const every = Math.max(1, rows / rowsMax);
  const scaling = {
    lows: new Float32Array(width),
    spans: new Float32Array(width),
    means: new Float32Array(width),
    deviations: new Float32Array(width),
  };
  const flagged: number[] = [];
  for (let column = 0; column < width; column++) {
    const known: number[] = [];
    let seen = 0;
    for (let at = 0; at < rows; at += every, seen++) {
      const value = values[Math.floor(at) * width + column];
      if (Number.isFinite(value)) known.push(value);
    }
    if (known.length < seen) flagged.push(column);
    if (known.length === 0) continue;
    const sorted = Float32Array.from(known).sort();
    const cut = Math.floor(beyond * (sorted.length - 1));
    scaling.lows[column] = sorted[cut];
    scaling.spans[column] = sorted[sorted.length - 1 - cut] - sorted[cut];
    let [sum, squares] = [0, 0];
    for (const value of known) sum += scaled(scaling, column, value);
    const mean = sum / known.length;
    for (const value of known) squares += (scaled(scaling, column, value) - mean) ** 2;
    scaling.means[column] = mean;
    scaling.deviations[column] = Math.sqrt(squares / known.length);
  }
  return { ...scaling, flagged: Int32Array.from(flagged) };
}

/** Columns that are written for a row. */
export function scaledWidth({ lows, flagged }: Scaling): number {
  return lows.length + flagged.length;
}

/** Writes a row's columns into `to` from place `at` on. */
export function writeScaled(scaling: Scaling, values: Float32Array, row: number, to: Float32Array, at: number): void {
  const { lows, means, flagged } = scaling;
  const width = lows.length;
  for (let column = 0; column < width; column++) {
    const value = values[row * width + column];
    to[at + column] = Number.isNaN(value) ? means[column] : scaled(scaling, column, value);
  }
  for (let place = 0; place < flagged.length; place++) {
    to[at + width + place] = Number.isNaN(values[row * width + flagged[place]]) ? 1 : 0;
  }
}

/** As `writeScaled`, but for mean 0 and deviation 1 in the training; columns that never varied are 0. */
export function writeStandard(scaling: Scaling, values: Float32Array, row: number, to: Float32Array, at: number): void {
  writeScaled(scaling, values, row, to, at);
  const { means, deviations } = scaling;
  for (let column = 0; column < means.length; column++) {
    const place = at + column;
    to[place] = deviations[column] === 0 ? 0 : (to[place] - means[column]) / deviations[column];
  }
}

function scaled({ lows, spans }: Pick<Scaling, "lows" | "spans">, column: number, value: number): number {
  if (spans[column] === 0) return 0;
  return Math.min(1, Math.max(0, (value - lows[column]) / spans[column]));
}
