/** How a network reads questions, as parts of a stored model. */
import { PenchantError } from "../../../base/errors.ts";
import type { SavedTensor } from "../../../core/model.ts";
import type { SavedReader } from "../../saved.ts";
import { readColumns, savedColumns } from "../table.ts";
import type { Scaling } from "./scaling.ts";
import type { WindowReading } from "./windows.ts";

export function readingTensors({
  itemCount,
  length,
  isTemporal,
  columns,
  dense,
  events,
}: WindowReading): Record<string, SavedTensor["values"]> {
  return {
    window: Int32Array.of(itemCount, length, isTemporal ? 1 : 0),
    columns: savedColumns(columns),
    ...scalingTensors("dense", dense),
    ...scalingTensors("events", events),
  };
}

/** @throws PENCHANT_E_MODEL_FILE for parts that are missing or do not fit each other */
export function readReading(name: string, parts: SavedReader): WindowReading {
  const [itemCount = 0, length = 0, isTemporal] = parts.integers("window");
  if (itemCount < 1 || length < 1) {
    throw unfit(name, `part "window" must name 1 item and 1 event or more, got ${itemCount} and ${length}.`);
  }
  const columns = readColumns(name, parts);
  return {
    itemCount,
    length,
    isTemporal: isTemporal === 1,
    columns,
    dense: readScaling(name, parts, "dense", columns.length),
    events: readScaling(name, parts, "events", 2),
  };
}

function scalingTensors(
  part: string,
  { lows, spans, means, deviations, flagged }: Scaling,
): Record<string, SavedTensor["values"]> {
  return {
    [`${part}.lows`]: lows,
    [`${part}.spans`]: spans,
    [`${part}.means`]: means,
    [`${part}.deviations`]: deviations,
    [`${part}.flagged`]: flagged,
  };
}

function readScaling(name: string, parts: SavedReader, part: string, width: number): Scaling {
  const [lows, spans, means, deviations] = ["lows", "spans", "means", "deviations"].map((what) =>
    parts.floats(`${part}.${what}`),
  );
  const flagged = parts.integers(`${part}.flagged`);
  const fits = [lows, spans, means, deviations].every((values) => values.length === width);
  if (!fits || flagged.some((column) => column < 0 || column >= width)) {
    throw unfit(name, `parts "${part}.*" do not fit ${width} columns.`);
  }
  return { lows, spans, means, deviations, flagged };
}

function unfit(name: string, problem: string): PenchantError {
  return new PenchantError("PENCHANT_E_MODEL_FILE", `${name}: ${problem}`, { details: { model: name } });
}
