import { expect, it } from "vitest";
import { uptakeContract } from "../../testing/uptake-contract.ts";
import { uptakeModels } from "./all.ts";

/** Which of them tell rows of an item apart, and which read the features. */
const coarse = new Set(["constant", "item-mean"]);
const withoutFeatures = new Set(["constant", "item-mean", "biased-mf"]);

for (const model of uptakeModels) {
  uptakeContract(model, { learns: !coarse.has(model.name), readsFeatures: !withoutFeatures.has(model.name) });
}

it("models have names of their own, in lower case", () => {
  const names = uptakeModels.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});
