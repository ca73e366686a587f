/** How a command that failed says so: one line with the code, a hint where there is one, and the exit code. */
import { CommanderError } from "commander";
import { type ErrorCode, PenchantError } from "../base/errors.ts";

/** What the person at the terminal can do about it. */
const hints: Partial<Record<ErrorCode, string>> = {
  PENCHANT_E_DATA_MISSING: "Import something first (penchant import PATH), or name another folder with --data.",
  PENCHANT_E_IMPORT_COLUMNS: "penchant init FILE guesses the columns and writes a configuration to correct.",
  PENCHANT_E_IMPORT_ROWS: "Without --strict, bad rows are reported and the rest is imported.",
  PENCHANT_E_KEY_NOT_FOUND: "penchant keys list shows the ids.",
  PENCHANT_E_STORAGE_CORRUPT: "penchant doctor says what is damaged.",
  PENCHANT_E_STORAGE_LOCKED: "Stop the other penchant (serve?) that uses this data folder, or ask it over HTTP.",
  PENCHANT_E_STORAGE_FULL: "Free some space and run the command again; nothing acknowledged was lost.",
  PENCHANT_E_USER_NOT_FOUND: "Ids are written as in the imported data.",
  PENCHANT_E_INTERNAL: "This is a bug: run again with PENCHANT_DEBUG=1 for the stack, and report it.",
};

export interface Failure {
  readonly exitCode: 1 | 2;
  readonly code: ErrorCode;
  /** One line. */
  readonly message: string;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Ends a command with exit code 1 after it printed its result, because the result is bad news. */
export class BadResult extends Error {}

/** The failure that an error stands for; undefined when commander only stopped to show help or the version. */
export function failureOf(error: unknown, command: string): Failure | undefined {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
    const hint = `See penchant ${command ? `${command} ` : ""}--help.`;
    return { exitCode: 2, code: "PENCHANT_E_USAGE", message: sentence(message), hint, details: {} };
  }
  const known = PenchantError.isInstance(error) ? error : undefined;
  const code = known?.code ?? "PENCHANT_E_INTERNAL";
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: code === "PENCHANT_E_USAGE" ? 2 : 1,
    code,
    message: message.replaceAll(/\s*\n\s*/g, " "),
    hint: hints[code],
    details: known?.details ?? {},
  };
}

function sentence(text: string): string {
  const full = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!)]$/.test(full) ? full : `${full}.`;
}
