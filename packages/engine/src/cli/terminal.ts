/** Where a command writes: results on standard output, progress and errors on standard error. */
import type { ViewOptions } from "./view/text.ts";

export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Terminal {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Cells per line where nobody says: into a file or a pipe. */
const columnsWithoutTerminal = 120;

/** How results are drawn: colours only where a terminal shows them and `NO_COLOR` is not set. */
export function viewOptions({ stdout, environment }: Terminal): ViewOptions {
  const plain = environment.NO_COLOR !== undefined && environment.NO_COLOR !== "";
  return {
    columns: stdout.isTTY ? (stdout.columns ?? columnsWithoutTerminal) : columnsWithoutTerminal,
    colours: !plain && stdout.isTTY === true && environment.TERM !== "dumb",
  };
}
