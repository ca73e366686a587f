/**
 * NDJSON as it arrives: one batch of entries per piece of the body that has come, so that what is there is worked on and
 * nothing waits for the rest. Memory is bounded by a piece, which the stream's buffer bounds, and one unfinished line,
 * which `limits.lineBytes` does: of a longer line nothing is kept but its length.
 */
import { limits } from "@penchant/protocol";
import { PenchantError } from "../../base/errors.ts";
import type { Entry } from "./track.ts";

/** Lines that are tracked together. */
const batchLines = 1_000;
const newline = 0x0a;

/**
 * @param parse of a line; undefined when it is no JSON
 * @throws PENCHANT_E_BODY_TOO_LARGE, PENCHANT_E_REQUEST_INVALID when the body breaks off
 */
export async function* readLines(
  body: AsyncIterable<Buffer>,
  parse: (line: string) => unknown,
): AsyncGenerator<Entry[]> {
  let bodyBytes = 0;
  let entries: Entry[] = [];
  /** The unfinished line, as far as it is kept. */
  let kept: Buffer[] = [];
  let lineBytes = 0;

  const endLine = () => {
    if (lineBytes > limits.lineBytes) {
      const unreadable = `expected a line of at most ${limits.lineBytes} bytes, got ${lineBytes} (limits.lineBytes)`;
      entries.push({ unreadable });
    } else if (lineBytes > 0) {
      const line = (kept.length === 1 ? kept[0] : Buffer.concat(kept)).toString("utf8");
      if (line.trim() !== "") {
        const event = parse(line);
        entries.push(event === undefined ? { unreadable: "expected a line of JSON, got one that is not" } : { event });
      }
    }
    kept = [];
    lineBytes = 0;
  };
  const extendLine = (bytes: Buffer) => {
    lineBytes += bytes.length;
    if (lineBytes <= limits.lineBytes) kept.push(bytes);
    else kept = [];
  };

  for await (const piece of whole(body)) {
    bodyBytes += piece.length;
    requireRoom(bodyBytes);
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      extendLine(piece.subarray(start, end));
      endLine();
      start = end + 1;
      if (entries.length < batchLines) continue;
      yield entries;
      entries = [];
    }
    // A copy: the piece itself can go.
    if (start < piece.length) extendLine(Buffer.from(piece.subarray(start)));
    if (entries.length > 0) yield entries;
    entries = [];
  }
  endLine();
  if (entries.length > 0) yield entries;
}

/** @throws PENCHANT_E_BODY_TOO_LARGE */
export function requireRoom(bodyBytes: number): void {
  if (bodyBytes <= limits.streamBytes) return;
  throw new PenchantError(
    "PENCHANT_E_BODY_TOO_LARGE",
    `The body: expected at most ${limits.streamBytes} bytes of lines, got more (limits.streamBytes).`,
  );
}

async function* whole(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw new PenchantError(
      "PENCHANT_E_REQUEST_INVALID",
      "The body: expected to read it to its end, and it broke off.",
      {
        cause: error,
      },
    );
  }
}
