import { describe, expect, it } from "vitest";
import { uptakeContract } from "../../testing/uptake-contract.ts";
import { settingsTable } from "../test-settings-table.ts";
import { uptakeModels } from "./all.ts";

/** Which of them tell rows of an item apart, and which read the features. */
const coarse = new Set(["constant", "item-mean"]);
const withoutFeatures = new Set(["constant", "item-mean", "biased-mf"]);

/** Networks as small as the suite's data, and few trees. */
const small = { width: 4, length: 2, hidden: 8, dropout: 0, batchSize: 48, learningRate: 0.05, epochs: 3, threads: 1 };
const smaller: Readonly<Record<string, object>> = {
  ctr: { ...small, attention: 8 },
  "lstm-attention": { ...small, units: 4 },
  "cnn-lstm-attention": { ...small, filters: 4, units: 4 },
  "random-forest": { trees: 15 },
  "gradient-boosting": { trees: 25 },
};

for (const model of uptakeModels) {
  uptakeContract(model, {
    learns: !coarse.has(model.name),
    readsFeatures: !withoutFeatures.has(model.name),
    settings: smaller[model.name] ?? {},
  });
}

it("models have names of their own, in lower case", () => {
  const names = uptakeModels.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});

describe("docs/uptake.md", () => {
  const table = settingsTable("uptake.md", "The models");

  it("lists every model and no other", () => {
    expect([...table.keys()]).toEqual(uptakeModels.map(({ name }) => name));
  });

  it.each(uptakeModels.map((model) => [model.name, model] as const))(
    "gives the settings of %s, their defaults and their grid",
    (name, { defaults, grid }) => expect(table.get(name)).toEqual({ defaults, grid }),
  );
});
