/** `penchant doctor`: looks whether everything is in order, and says what to do where it is not. */
import { existsSync, statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { PenchantError } from "../base/errors.ts";
import type { EngineStatus } from "../engine.ts";
import { BadResult } from "./failure.ts";
import { type CommonOptions, engineSettings, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { coloursOf, count, printable, type ViewOptions } from "./view/text.ts";

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found, and the way out where it is bad. */
  readonly message: string;
}

interface Diagnosis {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly status: EngineStatus | null;
}

const freeBytesMin = 256 * 1024 * 1024;

export function addDoctor(program: Command, terminal: Terminal): void {
  const command = program.command("doctor").description("Check the installation and the data.");
  withCommonOptions(command, "penchant doctor --data ./data");
  command.action(async (options: CommonOptions) => {
    const diagnosis = await diagnose(terminal, options);
    printResult(terminal, options, diagnosis, diagnosisView);
    if (!diagnosis.ok) throw new BadResult();
  });
}

async function diagnose(terminal: Terminal, options: CommonOptions): Promise<Diagnosis> {
  const { dataDir } = engineSettings(options);
  const findings = [nodeFinding(), await parquetFinding(), diskFinding(dataDir)];
  let status: EngineStatus | null = null;
  if (!existsSync(dataDir)) {
    findings.push({ check: "data", ok: true, message: `${dataDir} is not there yet; penchant import creates it` });
  } else {
    try {
      await withEngine(terminal, options, { create: false }, async (engine) => {
        status = await engine.status();
        const damage = await engine.check();
        findings.push(...damage.map((message) => ({ check: "data", ok: false, message })));
        if (damage.length === 0) findings.push({ check: "data", ok: true, message: statusText(status) });
        findings.push(...typeFindings(status));
      });
    } catch (error) {
      if (!PenchantError.isInstance(error)) throw error;
      findings.push({ check: "data", ok: false, message: `${error.code}: ${error.message}` });
    }
  }
  return { ok: findings.every(({ ok }) => ok), findings, status };
}

function nodeFinding(): Finding {
  return { check: "node", ok: true, message: `Node ${process.versions.node} on ${process.platform}-${process.arch}` };
}

async function parquetFinding(): Promise<Finding> {
  try {
    const { default: duckdb } = await import("@duckdb/node-api");
    return { check: "parquet", ok: true, message: `DuckDB ${duckdb.version()}` };
  } catch (error) {
    const message = `DuckDB does not load, so that Parquet files cannot be imported: ${(error as Error).message.split("\n")[0]}`;
    return { check: "parquet", ok: false, message };
  }
}

function diskFinding(dataDir: string): Finding {
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const megabytes = Math.floor((bavail * bsize) / 1024 ** 2);
  const ok = bavail * bsize >= freeBytesMin;
  const message = `${count(megabytes)} MB free in ${folder}`;
  return {
    check: "disk",
    ok,
    message: ok ? message : `${message}; at least ${freeBytesMin / 1024 ** 2} MB are needed`,
  };
}

function statusText({ events, users, items, interests, eventsBehindCheckpoint }: EngineStatus): string {
  const behind =
    eventsBehindCheckpoint > 0 ? `, ${count(eventsBehindCheckpoint)} events to replay at the next start` : "";
  return `${count(events)} events of ${count(users)} users, ${count(items)} items, ${count(interests)} interests${behind}`;
}

/** Types without a weight change no profile, which is seldom what was meant. */
function typeFindings({ unknownTypes }: EngineStatus): Finding[] {
  const types = Object.entries(unknownTypes);
  if (types.length === 0) return [];
  const list = types.map(([type, events]) => `${printable(type)} (${count(events)})`).join(", ");
  return [{ check: "types", ok: true, message: `events of types without a weight, which change no profile: ${list}` }];
}

function diagnosisView({ findings, ok }: Diagnosis, options: ViewOptions): string {
  const colours = coloursOf(options);
  const lines = findings.map(({ check, ok, message }) => {
    const mark = ok ? colours.green("ok ") : colours.red("BAD");
    return `${mark}  ${check.padEnd(7)}  ${printable(message)}`;
  });
  return `${[...lines, "", ok ? "All is well." : colours.red("Something needs attention.")].join("\n")}\n`;
}
