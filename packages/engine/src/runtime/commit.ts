/** Which Penchant this is: said with every figure and every trained model. */
import { execFileSync } from "node:child_process";
import manifest from "../../package.json" with { type: "json" };

/** Saved results are no sources: a benchmark after another one is still of the commit. */
const changesOfSources = ["status", "--porcelain", "--untracked-files=no", "--", ":/", ":(top,exclude)bench/results"];

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
    return `${git("rev-parse", "--short=12", "HEAD")}${git(...changesOfSources) === "" ? "" : "+"}`;
  } catch {
    return `v${manifest.version}`;
  }
}
