/** The network as a graph, and a session that answers questions with it. */
import { linear } from "../../nn/layers/linear.ts";
import { lstm } from "../../nn/layers/recurrent.ts";
import { reshape } from "../../nn/operations/broadcasting.ts";
import { parametersOf } from "../../nn/parameters.ts";
import { compile, type Feeds } from "../../nn/session.ts";
import { input, type Tensor } from "../../nn/tensor.ts";
import { fromTarget, type LstmIntensityConfig } from "./settings.ts";
import { channels } from "./windows.ts";

/** Of both layers. */
const units = [64, 32] as const;
/** Questions that are answered at once. */
const answeredAtOnce = 1_024;

/** [rows, windows, channels] to what is forecast of each row. [rows] */
export function forecast(series: Tensor): Tensor {
  const first = lstm("first", { inputs: channels, units: units[0] });
  const second = lstm("second", { inputs: units[0], units: units[1] });
  const { lastHidden } = second(first(series).output);
  return reshape(linear("output", { inputs: units[1], outputs: 1 })(lastHidden), [series.shape[0]]);
}

export function parameters({ windows }: LstmIntensityConfig): Tensor[] {
  return parametersOf(forecast(input("series", [1, windows, channels])));
}

/** Answers questions, as many at a time as there are. */
export async function openAnswers(config: LstmIntensityConfig) {
  const width = config.windows * channels;
  const answer = forecast(input("series", [answeredAtOnce, config.windows, channels]));
  const session = await compile(
    { answer },
    { spinning: false, ...(config.threads > 0 && { threads: config.threads }) },
  );
  return {
    /** @returns events that are expected; series [questions, windows, channels] */
    async answer(series: Float32Array, weights: Feeds): Promise<Float64Array> {
      const count = series.length / width;
      const expected = new Float64Array(count);
      for (let from = 0; from < count; from += answeredAtOnce) {
        const part = new Float32Array(answeredAtOnce * width);
        part.set(series.subarray(from * width, (from + answeredAtOnce) * width));
        const { answer: answers } = await session.run({ ...weights, series: part });
        for (let at = 0; at < Math.min(answeredAtOnce, count - from); at++) {
          expected[from + at] = fromTarget(Number(answers[at]), config);
        }
      }
      return expected;
    },
    close: () => session.close(),
  };
}
