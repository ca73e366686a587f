/**
 * Sequence files, in which order is all that is known of time. Three forms are told apart by their lines: `user item item
 * ...` with one line per user, oldest first (S3-Rec and many after it); `user item` with one line per interaction, each
 * user's in order (SASRec, BERT4Rec); and either of them with `item:rating` for an item.
 */
import { PenchantError } from "../../base/errors.ts";
import { inspectFile, readText } from "../text-file.ts";
import type { DatasetBuilder } from "./builder.ts";

/** Longest line: a user with some hundred thousand interactions. */
const lineCharactersMax = 4_000_000;

/** The lines of a text file, plain or gzip, empty ones left out. Throws PENCHANT_E_IMPORT_SOURCE. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  const { gzip } = await inspectFile(file);
  let rest = "";
  for await (const text of readText(file, gzip)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > lineCharactersMax) {
      throw new PenchantError(
        "PENCHANT_E_IMPORT_SOURCE",
        `${file}: expected lines of at most ${lineCharactersMax} characters, one of a user's sequence each.`,
      );
    }
    for (const line of lines) if (line.trim() !== "") yield line.replace(/\r$/, "");
  }
  if (rest.trim() !== "") yield rest.replace(/\r$/, "");
}

export async function readSequences(file: string, builder: DatasetBuilder): Promise<void> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    const [user, ...entries] = line.trim().split(/\s+/);
    if (number === 1 && entries.length === 0) {
      throw new PenchantError(
        "PENCHANT_E_IMPORT_SOURCE",
        `${file}: expected "user item item ..." with one line per user, or "user item" per interaction; line 1 is ${JSON.stringify(line.slice(0, 60))}.`,
      );
    }
    if (entries.length === 0) builder.drop("a user without items");
    for (const entry of entries) {
      const colon = entry.lastIndexOf(":");
      const value = colon < 1 ? Number.NaN : Number(entry.slice(colon + 1));
      if (Number.isFinite(value)) builder.add(user, entry.slice(0, colon), { value });
      else builder.add(user, entry);
    }
  }
}
