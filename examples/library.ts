/** Penchant inside a program of yours. Run it with: npx node examples/library.ts */
import { openEngine } from "penchant";

const engine = await openEngine({ dataDir: "./data/library-example" });
await engine.putItems([
  { id: "m1", title: "Heat", text: "A detective hunts a crew of robbers", categories: [["Film", "Crime"]] },
  { id: "m2", title: "Collateral", text: "A hitman and a taxi in Los Angeles", categories: [["Film", "Crime"]] },
  { id: "m3", title: "Amélie", text: "A waitress helps the people around her", categories: [["Film", "Romance"]] },
]);
await engine.track([{ user: "u42", type: "view", item: "m1" }]);

const { interests } = await engine.profile("u42", { depth: 3 });
for (const { interest, strength, phase, children } of interests) {
  console.log(`${interest.label} ${strength.toFixed(2)} ${phase}`);
  for (const child of children) console.log(`  ${child.interest.label} ${child.strength.toFixed(2)} ${child.phase}`);
}
const { recommendations } = await engine.recommend("u42", { limit: 10, explain: true });
for (const { item, score } of recommendations) console.log(`${item.title} ${score.toFixed(2)}`);
await engine.close();
