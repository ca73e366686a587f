/** How trainings went, one over the other: loss and validation epoch by epoch, live while one is under way. */
import type { CurvePoint, ModelList, TrainingJob } from "@penchant/protocol";
import { useCallback, useMemo, useState } from "react";
import { useJobDetails, useModelDetails } from "../api/queries.ts";
import { Chart } from "../chart/chart.tsx";
import { type Colours, useColours } from "../chart/colours.ts";
import { axisText } from "../chart/time-axis.ts";
import { Section } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";
import { bestPoint, type Curve, drawnPoints, metricsOf } from "./curves.ts";

const everyMs = 1_000;
/** Drawn unless the reader says otherwise, and of trainings that left no model. */
const shownAtFirst = 4;
const jobsMax = 4;

const lossOf = ({ loss }: CurvePoint) => loss;

interface CurvesProps {
  readonly models: ModelList["models"];
  readonly jobs: readonly TrainingJob[];
}

export function TrainingCurves({ models, jobs }: CurvesProps) {
  const { t } = useTexts();
  const curves = useCurves(models, jobs);
  const [picked, setPicked] = useState<Readonly<Record<string, boolean>>>({});
  const metrics = metricsOf(curves);
  const [asked, setAsked] = useState<string>();
  const metric = asked !== undefined && metrics.includes(asked) ? asked : metrics[0];
  const shown = useMemo(
    () =>
      curves
        .map((curve, index) => ({ curve, index }))
        .filter(({ curve, index }) => picked[curve.id] ?? index < shownAtFirst),
    [curves, picked],
  );
  const read = useCallback((point: CurvePoint) => (metric === undefined ? undefined : point.metrics[metric]), [metric]);
  if (curves.length === 0) return null;
  return (
    <Section title={t.models.curves} note={t.models.curvesNote} className="import">
      {metrics.length > 1 && (
        <p className="field">
          <label>
            {t.models.metric}
            <select value={metric} onChange={({ target }) => setAsked(target.value)}>
              {metrics.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </p>
      )}
      <div className="plots">
        <Plot shown={shown} name={t.models.loss} read={lossOf} />
        {metric !== undefined && <Plot shown={shown} name={t.models.onValidation(metric)} read={read} />}
      </div>
      <ul className="evidence curves">
        {curves.map((curve, index) => (
          <li key={curve.id}>
            <label>
              <input
                type="checkbox"
                checked={shown.some((drawn) => drawn.index === index)}
                onChange={({ target }) => setPicked({ ...picked, [curve.id]: target.checked })}
              />
              <i className={`key ${keyOf(index)}`} /> {curve.name}
            </label>
            <CurveFacts curve={curve} metric={metric} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What is under way first, then the models from the newest on; only what has a curve. */
function useCurves(models: CurvesProps["models"], jobs: CurvesProps["jobs"]): readonly Curve[] {
  const { t } = useTexts();
  const details = useModelDetails(models.map(({ id }) => id));
  const without = jobs.filter(({ result }) => result === undefined).slice(0, jobsMax);
  const trainings = useJobDetails(without, everyMs);
  return useMemo(() => {
    const underWay = trainings.map(({ id, model, state, curve }) => ({
      id,
      name: `${model} (${t.models.states[state]})`,
      points: curve,
      isRunning: state === "running",
    }));
    const kept = details.toReversed().map(({ id, curve }) => ({ id, name: id, points: curve, isRunning: false }));
    return [...underWay, ...kept].filter(({ points }) => points.length > 0);
  }, [details, trainings, t]);
}

function CurveFacts({ curve: { points }, metric }: { curve: Curve; metric: string | undefined }) {
  const { t, format } = useTexts();
  const last = points.at(-1);
  const best = metric === undefined ? undefined : bestPoint(points, metric);
  if (last === undefined) return null;
  return (
    <>
      <span className="note">
        {t.models.curveFacts(format.count(last.epoch), last.loss.toFixed(4), format.count(last.seconds))}
      </span>
      <span className="note">
        {metric !== undefined &&
          best !== undefined &&
          t.models.bestIn(metric, best.metrics[metric].toFixed(4), format.count(best.epoch))}
      </span>
    </>
  );
}

/** Of curves, in their order; then the same ones again, dashed. */
const keys = ["core", "emerging", "revived", "fading", "ink"] as const;
const keyOf = (index: number) => keys[index % keys.length];

interface PlotProps {
  readonly shown: readonly Drawn[];
  readonly name: string;
  readonly read: (point: CurvePoint) => number | undefined;
}

interface Drawn {
  readonly curve: Curve;
  /** Which of all curves it is: its colour. */
  readonly index: number;
}

function Plot({ shown, name, read }: PlotProps) {
  const { t } = useTexts();
  const colours = useColours();
  const option = useMemo(() => plotOption(shown, read, colours), [shown, read, colours]);
  return (
    <figure>
      <figcaption className="note">{name}</figcaption>
      <div className="plot learning">
        <Chart
          option={option}
          label={t.models.curvesLabel(
            name,
            shown.map(({ curve }) => curve.name),
          )}
        />
      </div>
    </figure>
  );
}

function plotOption(shown: readonly Drawn[], read: PlotProps["read"], colours: Colours) {
  return {
    animation: false,
    textStyle: { fontFamily: colours.font },
    grid: { left: 48, right: 14, top: 10, bottom: 24, outerBoundsMode: "none" },
    xAxis: {
      type: "value",
      min: 1,
      max: "dataMax",
      minInterval: 1,
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: axisText(colours),
    },
    yAxis: {
      type: "value",
      scale: true,
      splitNumber: 3,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: axisText(colours),
      splitLine: { lineStyle: { color: colours.line } },
    },
    series: shown.map(({ curve, index }) => ({
      type: "line",
      silent: true,
      showSymbol: curve.points.length === 1,
      data: drawnPoints(curve.points, read),
      lineStyle: { color: colours[keyOf(index)], width: 1.75, type: index < keys.length ? "solid" : "dashed" },
      itemStyle: { color: colours[keyOf(index)] },
    })),
  };
}
