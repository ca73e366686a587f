import { describe, expect, it } from "vitest";
import { interactionTable } from "../core/interaction-table.ts";
import { dot } from "../core/vector.ts";
import { day, testStart, themedItems } from "../testing/builders.ts";
import { fitInWorker } from "./fit.ts";
import { emptyModels, fitModels, textOnlyVector } from "./fitting.ts";
import { loadModels, saveModels } from "./models-file.ts";

const items = themedItems(40);
/** Twenty people; person p takes items of theme p % 4. */
const users = interactionTable(
  Array.from({ length: 20 }, (_, person) =>
    Array.from({ length: 8 }, (_, step) => ({
      item: 40 * (person % 4) + ((person + 5 * step) % 40),
      time: day(step),
      weight: step === 7 ? -0.5 : 1,
    })),
  ),
);
const options = { treeVersion: 3, seed: 1, until: day(10) };
const { models, fitted } = fitModels(items, users, options);

describe("fitting", () => {
  it("gives every item a unit vector, near to those of its theme", () => {
    for (const { vector } of fitted) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    const cosine = (a: number, b: number) => dot(fitted[a].vector, fitted[b].vector);
    expect(cosine(0, 5)).toBeGreaterThan(cosine(0, 45));
  });

  it("counts the population: positive events by day and user since the user's first, and by place", () => {
    expect(models.population.rootPerDay).toBeCloseTo((20 * 7) / (20 * 10), 12);
    expect(models.population.eventsAtNode.reduce((sum, events) => sum + events)).toBeCloseTo(140, 9);
  });

  it("gives the same in a thread of its own, and says how far it is", async () => {
    const steps: number[] = [];
    const other = await fitInWorker(items, users, { ...options, onProgress: ({ done }) => steps.push(done) });
    expect(saveModels(other.models)).toEqual(saveModels(models));
    expect(other.fitted).toEqual(fitted);
    expect(steps).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("rejects with what stopped the thread", async () => {
    const broken = interactionTable([[{ item: 10_000, time: testStart, weight: 1 }]]);
    await expect(fitInWorker(items, broken, options)).rejects.toThrow(TypeError);
  });

  it("of an empty catalogue gives models that know nothing", () => {
    const nothing = fitModels([], interactionTable([]), options);
    expect([nothing.models.tree.nodes.length, nothing.fitted, nothing.models.popularity.length]).toEqual([1, [], 0]);
  });
});

describe("the stored models", () => {
  it("come back as they were", () => {
    const back = loadModels(saveModels(models));
    expect(saveModels(back)).toEqual(saveModels(models));
    expect(back.tree.nodes).toEqual(models.tree.nodes);
    expect([back.popularity, back.population, back.neighbours]).toEqual([
      models.popularity,
      models.population,
      models.neighbours,
    ]);
    const item = { id: "new", title: "rook endgame" };
    expect(textOnlyVector(back, item)).toEqual(textOnlyVector(models, item));
  });

  it("may know nothing", () => {
    expect(saveModels(loadModels(saveModels(emptyModels(1))))).toEqual(saveModels(emptyModels(1)));
  });

  it("refuse a format that they do not know", () => {
    const header = Buffer.from('{"format":9,"lengths":[]}');
    const size = Buffer.alloc(4);
    size.writeUInt32LE(header.length);
    expect(() => loadModels(new Uint8Array(Buffer.concat([size, header])))).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_STATE_VERSION", message: expect.stringContaining("format 9") }),
    );
  });
});
