/**
 * Data sets that come as tables: the ones whose columns are known by heart, and any other with a mapping or, where the
 * guess is good enough, without. Rows are read as an import reads them.
 */
import { PenchantError } from "../../base/errors.ts";
import type { Clock } from "../../base/time.ts";
import { certaintyToImport, guessMapping } from "../guess.ts";
import { type EventMapping, eventReader, type ItemMapping, itemReader } from "../mapping.ts";
import { openTable } from "../table.ts";
import type { DatasetBuilder } from "./builder.ts";

/** Kroger's purchases as the R package `completejourney` names them. */
export const completeJourney: { readonly events: EventMapping; readonly items: ItemMapping } = {
  events: {
    user: "household_id",
    type: { constant: "purchase" },
    item: "product_id",
    value: "sales_value",
    time: "transaction_timestamp",
    session: "basket_id",
  },
  items: { id: "product_id", title: "product_type", categories: ["department", "product_category", "product_type"] },
};

/** The clicks of Globo.com's news portal (de Souza Pereira Moreira et al., CHAMELEON, 2018). */
export const globoClicks: EventMapping = {
  user: "user_id",
  type: { constant: "click" },
  item: "click_article_id",
  time: { column: "click_timestamp", unit: "milliseconds" },
  session: "session_id",
};

/** Throws PENCHANT_E_IMPORT_COLUMNS when the table lacks a column of the mapping, PENCHANT_E_IMPORT_SOURCE. */
export async function readEventTable(
  file: string,
  mapping: EventMapping,
  builder: DatasetBuilder,
  clock: Clock,
): Promise<void> {
  const table = await openTable(file);
  const read = eventReader(table, mapping, () => clock.now());
  for await (const { rows } of table.batches()) {
    for (const row of rows) {
      if (row.values === undefined) {
        builder.drop("a row that cannot be read");
        continue;
      }
      const event = attempt(
        () => read(row),
        (error) => builder.drop(reasonOf(error)),
      );
      if (event === undefined) continue;
      if (event.item === undefined) builder.drop("an event without an item");
      else builder.add(event.user, event.item, event);
    }
  }
}

export async function readItemTable(file: string, mapping: ItemMapping, builder: DatasetBuilder): Promise<void> {
  const table = await openTable(file);
  const read = itemReader(table, mapping);
  for await (const { rows } of table.batches()) {
    for (const row of rows) {
      const unreadable = () => builder.drop("a description of an item that cannot be read");
      const item = row.values === undefined ? unreadable() : attempt(() => read(row), unreadable);
      if (item) builder.describe(item);
    }
  }
}

/** The mapping of a table of events that nobody described. Throws PENCHANT_E_IMPORT_COLUMNS when it is not plain. */
export async function guessedEvents(file: string): Promise<EventMapping> {
  const { events, certainty, columns } = await guessMapping(file, { kind: "events" });
  if (events !== undefined && certainty >= certaintyToImport) return events;
  throw new PenchantError(
    "PENCHANT_E_IMPORT_COLUMNS",
    `${file}: expected columns that are plainly a user, an item and a time; found ${columns.slice(0, 12).join(", ")}. Say which is which with --mapping user=...,item=...,time=....`,
  );
}

/** What reading gives, or undefined when the row makes none. */
function attempt<T>(read: () => T, refused: (error: PenchantError) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!PenchantError.isInstance(error)) throw error;
    refused(error);
    return undefined;
  }
}

const reasons: Readonly<Record<string, string>> = {
  PENCHANT_E_EVENT_TIME: "a time that is missing or out of range",
  PENCHANT_E_EVENT_VALUE: "a value that is not a number",
  PENCHANT_E_ID_INVALID: "a missing or unfit id",
};

function reasonOf({ code }: PenchantError): string {
  return reasons[code] ?? "a row that makes no event";
}
