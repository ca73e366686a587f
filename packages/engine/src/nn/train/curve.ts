/**
 * A training's curve as a file: one line of JSON for each epoch, which any tool reads while the training goes on. It is
 * replaced as a whole, so that a training that was cut off between two files goes on with a curve that fits.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../files/atomic.ts";
import type { EpochReport } from "./options.ts";

export const curveName = "curve.jsonl";

export async function writeCurve(folder: string, reports: readonly EpochReport[]): Promise<void> {
  const text = reports.map((report) => `${JSON.stringify(report)}\n`).join("");
  await writeAtomically(join(folder, curveName), [new TextEncoder().encode(text)]);
}

/** What `writeCurve` wrote; none where there is no such file. Throws SyntaxError for a line that is no JSON. */
export async function readCurve(folder: string): Promise<EpochReport[]> {
  const text = await readFile(join(folder, curveName), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EpochReport);
}
