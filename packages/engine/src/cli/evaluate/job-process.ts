/** The process that fits and measures one model, and ends. */
import { readFileSync } from "node:fs";
import { assert, PenchantError } from "../../base/errors.ts";
import { measureModel } from "../../evaluate/measure.ts";
import { splitDataset } from "../../evaluate/splits/split.ts";
import { recommenderModels } from "../../models/all.ts";
import type { JobMessage, JobRequest } from "./jobs.ts";

/** Messages of progress are at least this far apart. */
const progressStep = 0.01;

const post = (message: JobMessage): void => {
  process.send?.(message);
};

async function answer({ job, checkpoint, dataset, protocol }: JobRequest): Promise<void> {
  try {
    const model = recommenderModels.find(({ name }) => name === job.model);
    assert(model !== undefined, `${job.model} is one of the models`);
    let told = 0;
    const onProgress = (done: number) => {
      if (done - told < progressStep) return;
      told = done;
      post({ kind: "progress", done });
    };
    const options = { ...job, checkpoint, onProgress };
    const measured = await measureModel(model, dataset, splitDataset(dataset, protocol), options);
    finish({ kind: "done", result: { ...measured, peakMemoryBytes: peakMemoryBytes() } });
  } catch (error) {
    const code = PenchantError.isInstance(error) ? error.code : "PENCHANT_E_INTERNAL";
    finish({ kind: "failed", code, message: error instanceof Error ? error.message : String(error) });
  }
}

/** Sends the last message, and lets the process end when it has gone out. */
function finish(message: JobMessage): void {
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

// Whoever asked is gone, or has its answer.
process.once("disconnect", () => process.exit());
process.once("message", (request: JobRequest) => void answer(request));
post({ kind: "ready" });
