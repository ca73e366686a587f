import { storageContract } from "../../testing/storage-contract.ts";
import { openEmbeddedStorage } from "./index.ts";

storageContract("embedded", (location) => openEmbeddedStorage({ dataDir: location }));
