/** What a figure was measured with: the commit and the machine. A timing without them says nothing. */
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import manifest from "../../package.json" with { type: "json" };

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

/** The commit of our source, with "+" where files differ from it; the version where this is the published package. */
export function commit(): string {
  // The published package is JavaScript, and stands in a repository that is somebody else's.
  if (!import.meta.filename.endsWith(".ts")) return `v${manifest.version}`;
  const git = (...words: string[]) =>
    execFileSync("git", words, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    return `${git("rev-parse", "--short=12", "HEAD")}${git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+"}`;
  } catch {
    return `v${manifest.version}`;
  }
}
