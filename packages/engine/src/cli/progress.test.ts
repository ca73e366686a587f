import { expect, test } from "vitest";
import { showProgress } from "./progress.ts";

test("without a terminal, progress is a line every five seconds and nothing for what is quick", () => {
  let now = 0;
  let written = "";
  const stream = { write: (text: string) => (written += text) };
  const terminal = { stdout: stream, stderr: stream, environment: {} };
  const display = showProgress(terminal, { now: () => now });
  const { listener } = display;
  listener({ step: "Importing", done: 1, total: 10_000 });
  now = 5_000;
  listener({ step: "Importing", done: 2_000, total: 10_000 });
  now = 7_000;
  listener({ step: "Importing", done: 3_000, total: 10_000 });
  now = 12_000;
  listener({ step: "Folding", done: 7, total: 0 });
  display.stop();
  expect(written).toBe("Importing: 2,000 of 10,000\nFolding: 7\n");
});
