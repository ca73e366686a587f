/** For adapters and tests of programs that embed Penchant: the contract suites, and builders. Needs vitest. */
export { storageContract } from "./storage-contract.ts";
