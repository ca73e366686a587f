import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

function output(example: string): string {
  return execFileSync(process.execPath, [fileURLToPath(new URL(example, import.meta.url))], { encoding: "utf8" });
}

test("quickstart shows a profile and recommends what was not seen", () => {
  const lines = output("quickstart.ts");
  expect(lines).toMatch(/^Film: \d+%, emerging\n {2}\S/);
  expect(lines.match(/^Try (Casino|Solaris|Dune): /gm)).toHaveLength(3);
});

test("time travel shows each season's interest first", () => {
  const firsts = output("time-travel.ts")
    .trim()
    .split("\n")
    .map((line) => line.replace(/ \d+%.*/, ""));
  expect(firsts).toEqual([
    "2024-05-05: Gardening",
    "2024-06-13: Cycling",
    "2024-09-01: Cycling",
    "2024-12-08: Cooking",
  ]);
});

test("the neural network learns what is inside a ring", () => {
  const lines = output("neural-network.ts");
  expect(lines.match(/^epoch \d+: loss 0\.\d+$/gm)).toHaveLength(10);
  expect(lines).toMatch(/the middle is outside\nthe ring is inside\na corner is outside\n$/);
});

test("the page on neural networks shows the example as it is", () => {
  const program = readFileSync(new URL("neural-network.ts", import.meta.url), "utf8");
  const page = readFileSync(new URL("../docs/nn.md", import.meta.url), "utf8");
  expect(page).toContain(program.slice(program.indexOf("import ")).trim());
});
