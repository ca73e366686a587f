/** `penchant doctor`: looks whether everything is in order, and says what to do where it is not. Changes nothing. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import type { DataStatus } from "./doctor/data.ts";
import { type Finding, good } from "./doctor/finding.ts";
import { providerFindings } from "./doctor/providers.ts";
import { diskFinding, nodeFinding, parquetFinding } from "./doctor/system.ts";
import { BadResult } from "./failure.ts";
import { type CommonOptions, engineSettings, printResult, withCommonOptions } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { coloursOf, printable, type ViewOptions } from "./view/text.ts";

interface Diagnosis {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly status: DataStatus | null;
}

export function addDoctor(program: Command, terminal: Terminal): void {
  const command = program
    .command("doctor")
    .description(
      "Check the installation and the data, also while a server uses them. Exit code 1 when something is wrong.",
    );
  withCommonOptions(command, "penchant doctor --data ./data");
  command.action(async (options: CommonOptions) => {
    const diagnosis = await diagnose(options);
    printResult(terminal, options, diagnosis, diagnosisView);
    if (!diagnosis.ok) throw new BadResult();
  });
}

async function diagnose(options: CommonOptions): Promise<Diagnosis> {
  const settings = engineSettings(options);
  const { dataDir } = settings;
  const findings = [nodeFinding(), await parquetFinding(), diskFinding(dataDir), ...(await providerFindings(settings))];
  let status: DataStatus | null = null;
  if (existsSync(dataDir)) {
    const { diagnoseData } = await import("./doctor/data.ts");
    const data = diagnoseData(dataDir, settings);
    findings.push(...data.findings);
    status = data.status;
  } else findings.push(good("data", `${dataDir} is not there yet; penchant import creates it`));
  return { ok: findings.every(({ ok }) => ok), findings, status };
}

function diagnosisView({ findings, ok }: Diagnosis, options: ViewOptions): string {
  const colours = coloursOf(options);
  const lines = findings.map(({ check, ok, message }) => {
    const mark = ok ? colours.green("ok ") : colours.red("BAD");
    return `${mark}  ${check.padEnd(7)}  ${printable(message)}`;
  });
  return `${[...lines, "", ok ? "All is well." : colours.red("Something needs attention.")].join("\n")}\n`;
}
