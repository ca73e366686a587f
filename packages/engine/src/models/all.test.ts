import { expect, it } from "vitest";
import { recommenderContract } from "../testing/recommender-contract.ts";
import { recommenderModels } from "./all.ts";

for (const model of recommenderModels) recommenderContract(model, { personal: !/popularity/.test(model.name) });

it("models have names of their own, in lower case", () => {
  const names = recommenderModels.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});
