/**
 * The classical learners: seconds of processor time to fit each on made-up rows, and the log loss of a fifth that is held out.
 * Boosted trees, one tree and logistic regression learn from all other rows, the forest and the linear support-vector machine from a
 * tenth of them, the one with radial bumps from a hundredth. Beside each stands scikit-learn's with the same settings, on the
 * same rows and one thread, where Python has it (`rivals/learners.py`; `PYTHON` names the interpreter).
 *
 * Answers follow from five columns, by a line, a square, a wave and a product; the rest is noise, and nothing is missing. Support-vector
 * machines are timed without making probabilities of their margins: a validation of one row each way stands for it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../packages/engine/src/base/random.ts";
import { binaryFigures } from "../packages/engine/src/evaluate/metrics/binary.ts";
import { decisionTree } from "../packages/engine/src/models/classical/decision-tree.ts";
import type { FeatureMatrix, LabelledFeatures } from "../packages/engine/src/models/classical/features.ts";
import { gradientBoosting } from "../packages/engine/src/models/classical/gradient-boosting.ts";
import type { Learner } from "../packages/engine/src/models/classical/learner.ts";
import { linearSvm } from "../packages/engine/src/models/classical/linear-svm.ts";
import { logisticRegression } from "../packages/engine/src/models/classical/logistic-regression.ts";
import { randomForest } from "../packages/engine/src/models/classical/random-forest.ts";
import { rbfSvm } from "../packages/engine/src/models/classical/rbf-svm.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { pythonRival } from "./support/rival.ts";

const defaults = { rows: 625_000, columns: 40, trees: 100, seed: 1 };

await benchmark("learners", defaults, async ({ rows, columns, trees, seed }) => {
  const data = madeUp(rows, Math.max(5, columns), seed);
  const learned = Math.floor((rows * 4) / 5);
  const test = part(data, learned, rows);
  const measure = async <Config extends object>(learner: Learner<Config>, oneIn: number, settings: Partial<Config>) => {
    const train = part(data, 0, Math.floor(learned / oneIn));
    tell(`Fitting ${learner.name} on ${train.labels.length} rows`);
    const isMachine = learner.name.endsWith("-svm");
    const started = process.cpuUsage();
    const fitted = await learner.fit(
      train,
      isMachine ? bothAnswers(train) : undefined,
      { ...learner.defaults, ...settings },
      { seed },
    );
    const { user, system } = process.cpuUsage(started);
    const logLoss = isMachine ? null : binaryFigures(fitted.probabilities(test.features), test.labels).logLoss;
    return { learner: learner.name, rows: train.labels.length, cpuSeconds: (user + system) / 1e6, logLoss };
  };
  const ours = [
    await measure(gradientBoosting, 1, { trees }),
    await measure(decisionTree, 1, {}),
    await measure(logisticRegression, 1, {}),
    await measure(randomForest, 10, { trees }),
    await measure(linearSvm, 10, {}),
    await measure(rbfSvm, 100, {}),
  ];
  const rivals = await scikitLearn(data, trees);
  if (typeof rivals === "string") return { learners: ours, scikitLearn: rivals };
  return {
    learners: ours.map((own) => {
      const rival = rivals.find(({ learner }) => learner === own.learner);
      if (rival === undefined) return own;
      const { cpuSeconds: rivalCpuSeconds, logLoss: rivalLogLoss } = rival;
      return { ...own, rivalCpuSeconds, rivalLogLoss, ratio: own.cpuSeconds / rivalCpuSeconds };
    }),
  };
});

function madeUp(rows: number, columns: number, seed: number): LabelledFeatures & { labels: Uint8Array } {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: rows * columns }, () => random.normal());
  const labels = Uint8Array.from({ length: rows }, (_, row) => {
    const [line, wave, height, square, slope] = values.subarray(row * columns, row * columns + 5);
    const logit = 2 * line + 2 * Math.sin(3 * wave) * height + square ** 2 - slope - 1;
    return random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  return { features: { names: Array.from({ length: columns }, (_, column) => `column${column}`), values }, labels };
}

function part({ features: { names, values }, labels }: ReturnType<typeof madeUp>, from: number, to: number) {
  const features: FeatureMatrix = { names, values: values.subarray(from * names.length, to * names.length) };
  return { features, labels: labels.subarray(from, to) };
}

function bothAnswers({ features: { names, values }, labels }: ReturnType<typeof madeUp>): LabelledFeatures {
  const rows = [labels.indexOf(0), labels.indexOf(1)];
  const chosen = rows.flatMap((row) => [...values.subarray(row * names.length, (row + 1) * names.length)]);
  return { features: { names, values: Float32Array.from(chosen) }, labels: [0, 1] };
}

interface Rival extends Figures {
  readonly learner: string;
  readonly cpuSeconds: number;
  readonly logLoss: number | null;
}

async function scikitLearn({ features, labels }: ReturnType<typeof madeUp>, trees: number): Promise<Rival[] | string> {
  tell("Fitting scikit-learn's");
  const folder = mkdtempSync(join(tmpdir(), "penchant-learners-"));
  try {
    const [matrix, answers] = [join(folder, "matrix"), join(folder, "labels")];
    writeFileSync(matrix, features.values);
    writeFileSync(answers, labels);
    const words = [matrix, answers, "--columns", `${features.names.length}`, "--trees", `${trees}`];
    return await pythonRival<Rival[]>("learners.py", words);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
