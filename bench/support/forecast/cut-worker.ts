/** The thread of one cut. */
import { parentPort, workerData } from "node:worker_threads";
import { scoreCut } from "./cut.ts";
import type { CutJob } from "./cut-threads.ts";
import { findScenarios } from "./scenario.ts";

const { folder, dataset, cut, learning } = workerData as CutJob;
const scenario = await findScenarios(folder)
  .find(({ name }) => name === dataset)!
  .open();
parentPort!.postMessage(await scoreCut(scenario, scenario.cuts[cut], learning));
