/**
 * A CSV file on its way into the engine: read piece by piece in the browser and posted in batches through the API, so that its
 * size does not matter. Every row that is refused, here or by the server, is told with its line.
 */
import type { EventInput, EventReport, Item } from "@penchant/protocol";
import Papa from "papaparse";
import { ask, Refusal } from "../api/client.ts";
import { type Reading, rowOf } from "./columns.ts";

export interface Problem {
  readonly line: number;
  /** A field that lacks or cannot be read, or the server's own sentence. */
  readonly field?: string;
  readonly text?: string;
}

export interface ImportProgress {
  readonly taken: number;
  readonly duplicates: number;
  readonly refused: number;
  /** The first of them. */
  readonly problems: readonly Problem[];
  /** Of the file, 0 to 1. */
  readonly done: number;
}

const batchRows = 2_000;
const problemsMax = 100;

/** The first rows of a file, the header among them. */
export function firstRows(file: File, count: number): Promise<string[][]> {
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(file, {
      preview: count,
      skipEmptyLines: true,
      complete: ({ data }) => resolve(data),
      error: reject,
    });
  });
}

/** @throws Refusal, Unreachable */
export async function importFile(
  file: File,
  reading: Reading,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportProgress> {
  const counts = { taken: 0, duplicates: 0, refused: 0 };
  const problems: Problem[] = [];
  const refuse = (problem: Problem) => {
    counts.refused += 1;
    if (problems.length < problemsMax) problems.push(problem);
  };
  let done = 0;
  const progress = (): ImportProgress => ({ ...counts, problems: problems.toSorted((a, b) => a.line - b.line), done });
  let lines: number[] = [];
  let batch: (EventInput | Item)[] = [];
  const send = async () => {
    if (batch.length === 0) return;
    const sent = reading.kind === "events" ? await sendEvents(batch as EventInput[]) : await sendItems(batch as Item[]);
    counts.taken += sent.taken;
    counts.duplicates += sent.duplicates;
    for (const { index, text } of sent.refused) refuse({ line: lines[index], text });
    [lines, batch] = [[], []];
    onProgress(progress());
  };

  const source = `${file.size}:${file.name}`;
  let line = 1;
  for await (const rows of chunksOf(file)) {
    done = Math.min(1, rows.cursor / Math.max(1, file.size));
    for (const cells of rows.data) {
      const start = line;
      // A cell may have line breaks in it.
      line += 1 + cells.reduce((breaks, cell) => breaks + (cell.match(/\n/g)?.length ?? 0), 0);
      if (start === 1 || cells.every((cell) => cell.trim() === "")) continue;
      const row = rowOf(cells, reading, source, start);
      if ("problem" in row) refuse({ line: start, field: row.problem });
      else {
        batch.push("event" in row ? row.event : row.item);
        lines.push(start);
      }
      if (batch.length >= batchRows) await send();
    }
  }
  done = 1;
  await send();
  return progress();
}

interface Sent {
  readonly taken: number;
  readonly duplicates: number;
  readonly refused: readonly { readonly index: number; readonly text: string }[];
}

async function sendEvents(events: readonly EventInput[]): Promise<Sent> {
  const report = await ask<EventReport>("/v1/events", { method: "POST", body: events }).catch((error: unknown) => {
    // When every event is refused the report comes with the refusal.
    if (error instanceof Refusal && error.report !== undefined) return error.report;
    throw error;
  });
  const refused = report.results.flatMap(({ index, error }) =>
    error === undefined ? [] : [{ index, text: error.detail }],
  );
  return { taken: report.accepted, duplicates: report.duplicates, refused };
}

/** Items are taken all or none: where one is refused, the halves are tried, until it stands alone. */
async function sendItems(items: readonly Item[]): Promise<Sent> {
  try {
    const { created, updated } = await ask<{ created: number; updated: number }>("/v1/items", {
      method: "POST",
      body: items,
    });
    return { taken: created + updated, duplicates: 0, refused: [] };
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 400) throw error;
    if (items.length === 1) return { taken: 0, duplicates: 0, refused: [{ index: 0, text: error.message }] };
    const middle = Math.ceil(items.length / 2);
    const first = await sendItems(items.slice(0, middle));
    const second = await sendItems(items.slice(middle));
    return {
      taken: first.taken + second.taken,
      duplicates: 0,
      refused: [...first.refused, ...second.refused.map(({ index, text }) => ({ index: index + middle, text }))],
    };
  }
}

/** The file's rows as they are read; the reading waits while a piece is worked on. */
async function* chunksOf(file: File): AsyncGenerator<{ data: string[][]; cursor: number }> {
  let next = Promise.withResolvers<{ data: string[][]; cursor: number; parser: Papa.Parser } | undefined>();
  Papa.parse<string[]>(file, {
    chunk: ({ data, meta }, parser) => {
      parser.pause();
      next.resolve({ data, cursor: meta.cursor, parser });
    },
    complete: () => next.resolve(undefined),
    error: (error) => next.reject(error),
  });
  for (let chunk = await next.promise; chunk !== undefined; chunk = await next.promise) {
    next = Promise.withResolvers();
    yield chunk;
    chunk.parser.resume();
  }
}
