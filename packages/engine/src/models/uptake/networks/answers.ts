/**
 * Questions through a network, many at once: logits, and how much it attended to each event. One session of one shape; a batch
 * that is not full is padded. Between batches other work has its turn, because the runtime computes on the thread that calls it.
 */
import { setImmediate } from "node:timers/promises";
import type { UptakeTable } from "../../../core/uptake.ts";
import { compile, type DeviceOptions, type Feeds } from "../../../nn/session.ts";
import type { Tensor } from "../../../nn/tensor.ts";
import type { UptakeAnswers } from "./network.ts";
import {
  type WindowInputs,
  type WindowReading,
  windowColumns,
  windowFeeds,
  windowInputs,
  windowWriter,
} from "./windows.ts";

/** Questions that go at once: some milliseconds of work. */
const batch = 256;

export interface UptakeAnswerer {
  /** @param weights of the network, composed, by name. One call at a time. [rows] */
  logits(table: UptakeTable, weights: Feeds): Promise<Float64Array>;
  /** By row, how much the network attended to each event of the history; 0 for those before the window. */
  attention(table: UptakeTable, weights: Feeds): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** @param network for inference */
export async function openAnswerer(
  network: (inputs: WindowInputs) => UptakeAnswers,
  reading: WindowReading,
  device: DeviceOptions,
): Promise<UptakeAnswerer> {
  const { logits, attention } = network(windowInputs(reading, batch));
  const outputs: Record<string, Tensor> = { logits, ...(attention && { attention }) };
  const session = await compile(outputs, device);
  const { length } = reading;
  /** Calls back with each batch's first row and results. */
  const run = async (
    table: UptakeTable,
    weights: Feeds,
    take: (from: number, results: Readonly<Record<string, ArrayLike<number>>>) => void,
  ): Promise<void> => {
    const writer = windowWriter(reading, table);
    const rows = table.items.length;
    for (let from = 0; from < rows; from += batch) {
      if (from > 0) await setImmediate();
      const columns = windowColumns(reading, batch);
      for (let row = from; row < Math.min(from + batch, rows); row++) {
        writer.writeQuestion(columns, row - from, row);
        writer.writeWindow(columns, row - from, row);
      }
      const feeds: Feeds = { ...weights, ...windowFeeds(columns) };
      const own = Object.fromEntries([...session.inputs.keys()].map((name) => [name, feeds[name]]));
      take(from, (await session.run(own)) as Record<string, Float32Array>);
    }
  };
  return {
    async logits(table, weights) {
      const all = new Float64Array(table.items.length);
      await run(table, weights, (from, results) => {
        for (let row = from; row < Math.min(from + batch, all.length); row++) all[row] = results.logits[row - from];
      });
      return all;
    },
    async attention(table, weights) {
      const all = Array.from(table.items, (_, row) => new Float32Array(table.ends[row] - table.starts[row]));
      if (attention === undefined) return all;
      await run(table, weights, (from, results) => {
        for (let row = from; row < Math.min(from + batch, all.length); row++) {
          const events = all[row];
          const read = Math.min(events.length, length);
          const end = (row - from + 1) * length;
          for (let back = 1; back <= read; back++) events[events.length - back] = results.attention[end - back];
        }
      });
      return all;
    },
    close: () => session.close(),
  };
}
