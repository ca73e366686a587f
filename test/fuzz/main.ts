/** `npm run test:fuzz -- --requests 100000 --seed 1 --json`: prints the report; exit code 1 when something was wrong. */
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1_000)) },
    json: { type: "boolean" },
  },
});
const report = await fuzz({
  requests: wholeNumber("requests", values.requests),
  seed: wholeNumber("seed", values.seed),
});
process.stdout.write(`${JSON.stringify(report, null, values.json ? 0 : 2)}\n`);
process.exitCode = report.failure === null ? 0 : 1;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`--${name}: expected a whole number above 0, got ${text}.\n`);
  process.exit(2);
}
