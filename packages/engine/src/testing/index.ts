/** For adapters, models and tests of programs that embed Penchant: the contract suites, and builders. Needs vitest. */
export { embedderContract } from "./embedder-contract.ts";
export { recommenderContract } from "./recommender-contract.ts";
export { recordsContract } from "./records-contract.ts";
export { storageContract } from "./storage-contract.ts";
export { uptakeContract } from "./uptake-contract.ts";
