/**
 * A neural network in thirty lines: it learns which points of a square lie inside a ring, and leaves as an ONNX file.
 *
 *   node examples/neural-network.ts
 */
import * as nn from "penchant/nn";

const batchSize = 64;
const inside = (x: number, y: number) => (Math.hypot(x, y) > 0.4 && Math.hypot(x, y) < 0.8 ? 1 : 0);

/** The network, for any number of points: [points, 2] -> [points]. */
function ring(points: number): nn.Tensor {
  const position = nn.input("position", [points, 2]);
  const first = nn.relu(nn.linear("first", { inputs: 2, outputs: 32 })(position));
  const second = nn.relu(nn.linear("second", { inputs: 32, outputs: 32 })(first));
  return nn.reshape(nn.linear("logit", { inputs: 32, outputs: 1 })(second), [points]);
}

/** The same points for the same epoch (Roberts' sequence covers the square evenly), so that training can be repeated. */
function* batches(epoch: number): Generator<nn.Batch> {
  for (let batch = 0; batch < 50; batch++) {
    const first = (50 * epoch + batch) * batchSize;
    const position = new Float32Array(2 * batchSize);
    const label = new Float32Array(batchSize);
    for (let row = 0; row < batchSize; row++) {
      const [x, y] = [0.7548776662, 0.569840291].map((step) => 2 * (((first + row) * step) % 1) - 1);
      position.set([x, y], 2 * row);
      label[row] = inside(x, y);
    }
    yield { feeds: { position, label }, examples: batchSize };
  }
}

const loss = nn.bceWithLogits(ring(batchSize), nn.input("label", [batchSize]));
const { weights } = await nn.train({
  losses: { points: loss },
  batches,
  epochs: 10,
  seed: 1,
  optimiser: nn.adam(),
  schedule: nn.cosineSchedule({ rate: 0.01, totalSteps: 500 }),
  onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}`),
});

const session = await nn.compile({ logit: ring(3) }, { weights });
const { logit } = await session.run({ position: Float32Array.of(0, 0, 0.6, 0, 0.9, 0.9) });
for (const [index, place] of ["the middle", "the ring", "a corner"].entries()) {
  console.log(`${place} is ${Number(logit[index]) > 0 ? "inside" : "outside"}`);
}
await session.close();
