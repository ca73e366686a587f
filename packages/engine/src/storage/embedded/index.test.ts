import { recordsContract } from "../../testing/records-contract.ts";
import { storageContract } from "../../testing/storage-contract.ts";
import { openEmbeddedStorage } from "./index.ts";

storageContract("embedded", (location) => openEmbeddedStorage({ dataDir: location }));
recordsContract("embedded", (location) => openEmbeddedStorage({ dataDir: location }));
