/** A program that is killed: an engine with a webhook whose endpoint takes a delivery and does not answer. */
import { openEngine } from "../../engine.ts";

const [dataDir, url, secret] = process.argv.slice(2);
const engine = await openEngine({ dataDir, webhook: { url, secret } });
await engine.putItems([{ id: "heat", title: "Heat", categories: [["Film"]] }]);
await engine.track([{ id: "first", user: "ada", type: "like", item: "heat" }]);
// The timers of the webhook alone would not keep the program going.
setInterval(() => {}, 1_000);
