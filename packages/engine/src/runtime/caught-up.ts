/**
 * Reading the log no further than what belongs to it is known here as well. It can be read ahead of the writer's answers:
 * then it has events whose items are stored and not yet in the catalogue in memory, and which wait for nothing.
 */
import type { LogRecord } from "../core/log-record.ts";
import type { EventLog } from "../core/ports.ts";

/** The last position of the log, once all that was stored up to there is known. Answers come in order: one more shows it. */
export async function caughtUp(log: EventLog): Promise<number> {
  const position = await log.lastPosition();
  // Whether it can be done, on a full disk say, is no matter: an answer has come.
  await log.settleWaiting([]).catch(() => undefined);
  return position;
}

/** The records after a position, up to where all is known; what comes later comes by the ordinary way. */
export async function* knownRecords(log: EventLog, after: number): AsyncGenerator<LogRecord[]> {
  const until = await caughtUp(log);
  for await (const records of log.records({ after })) {
    const known = records.filter(({ position }) => position <= until);
    yield known;
    if (known.length < records.length) return;
  }
}
