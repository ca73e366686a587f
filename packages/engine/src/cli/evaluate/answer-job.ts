/** The process of one job, which fits and measures a model, and ends. */
import { readFileSync } from "node:fs";
import { PenchantError } from "../../base/errors.ts";
import type { JobCost, JobMessage } from "./jobs.ts";

/** Messages of progress are at least this far apart. */
const progressStep = 0.01;

/**
 * Waits for the request, and answers it with what `measure` makes of it.
 *
 * @param measure what it is given is what `runJobs` was given: the job and its data
 */
export function answerJob<Measured extends object>(
  measure: (request: unknown, onProgress: (done: number) => void) => Promise<Measured>,
): void {
  const answer = async (request: unknown): Promise<void> => {
    try {
      let told = 0;
      const measured = await measure(request, (done) => {
        if (done - told < progressStep) return;
        told = done;
        post<Measured>({ kind: "progress", done });
      });
      finish<Measured>({ kind: "done", result: { ...measured, peakMemoryBytes: peakMemoryBytes() } });
    } catch (error) {
      const code = PenchantError.isInstance(error) ? error.code : "PENCHANT_E_INTERNAL";
      finish({ kind: "failed", code, message: error instanceof Error ? error.message : String(error) });
    }
  };
  // Whoever asked is gone, or has its answer.
  process.once("disconnect", () => process.exit());
  process.once("message", (request: unknown) => void answer(request));
  post({ kind: "ready" });
}

function post<Measured>(message: JobMessage<Measured & JobCost>): void {
  process.send?.(message);
}

/** Sends the last message, and lets the process end when it has gone out. */
function finish<Measured>(message: JobMessage<Measured & JobCost>): void {
  process.send?.(message, () => process.disconnect?.());
}

/**
 * Most memory that this program held. What the system counts for the process (`maxRSS`) goes on from the program that
 * started it, so that Linux is asked for the program's own.
 */
function peakMemoryBytes(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) * 1_024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1_024;
}
