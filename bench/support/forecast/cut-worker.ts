/** The thread of one cut. */
import { parentPort, workerData } from "node:worker_threads";
import { type CutScores, scoreCut } from "./cut.ts";
import type { CutJob } from "./cut-threads.ts";
import { findScenarios } from "./scenario.ts";

const port = parentPort!;
const post = (scores: CutScores) => port.postMessage(scores);
const { folder, dataset, cut, learning } = workerData as CutJob;
const scenario = await findScenarios(folder)
  .find(({ name }) => name === dataset)!
  .open();
post(await scoreCut(scenario, scenario.cuts[cut], learning));
