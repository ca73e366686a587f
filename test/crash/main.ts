/**
 * `npm run test:crash -- --rounds 200 --seed 1 --json`: proves that nothing acknowledged is lost. Prints the report and
 * ends with exit code 1 when anything was found.
 */
import { parseArgs } from "node:util";
import { crashRounds } from "./rounds.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1_000)) },
    json: { type: "boolean" },
  },
});
const report = await crashRounds({
  rounds: wholeNumber("rounds", values.rounds),
  seed: wholeNumber("seed", values.seed),
  onRound: (line) => process.stderr.write(`${line}\n`),
});
const { problems, ...counts } = report;
process.stdout.write(
  values.json
    ? `${JSON.stringify(report)}\n`
    : Object.entries(counts)
        .map(([name, count]) => `  ${name}: ${count}\n`)
        .join(""),
);
const isWell = problems.length === 0 && report.acknowledged > 0;
process.exitCode = isWell ? 0 : 1;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`--${name}: expected a whole number above 0, got ${text}.\n`);
  process.exit(2);
}
