/** What a figure was measured with: the commit and the machine. A timing without them says nothing. */
import { availableParallelism, cpus, release, totalmem } from "node:os";

export { commit } from "../runtime/commit.ts";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
}

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
  };
}
