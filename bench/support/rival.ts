/** A rival's own program in Python, where Python has what it needs. `PYTHON` names the interpreter. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** What the program of `bench/rivals` prints as JSON, or a sentence saying why nothing was measured. */
export async function pythonRival<Result>(program: string, words: readonly string[]): Promise<Result | string> {
  const script = join(import.meta.dirname, "../rivals", program);
  try {
    const { stdout } = await promisify(execFile)(process.env.PYTHON ?? "python3", [script, ...words]);
    return JSON.parse(stdout) as Result;
  } catch (error) {
    return `not measured: ${(error as Error).message.trim().split("\n").at(-1)}`;
  }
}
