/** A figure with its interval: in digits, and as a line on a scale that it shares with those it stands among. */
import { useTexts } from "../text/language.ts";

export interface Figure {
  readonly value: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

export interface Scale {
  readonly from: number;
  readonly to: number;
}

/** From 0, or from below it, to the highest bound. */
export function scaleOf(figures: readonly Figure[]): Scale {
  const bounds = figures.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
  return { from: Math.min(0, ...bounds), to: Math.max(0, ...bounds) };
}

export function Mean({ figure, scale }: { figure: Figure; scale: Scale }) {
  const { t } = useTexts();
  const { value, low, high } = figure;
  const hasBounds = low !== undefined && high !== undefined;
  return (
    <span className="mean">
      <b>{digits(value)}</b>
      {hasBounds && <span className="note">{t.models.interval(digits(low), digits(high))}</span>}
      {hasBounds && <IntervalLine figure={{ value, low, high }} scale={scale} />}
    </span>
  );
}

function IntervalLine({
  figure: { value, low, high },
  scale: { from, to },
}: {
  figure: Required<Figure>;
  scale: Scale;
}) {
  const x = (at: number) => 3 + (to > from ? (94 * (at - from)) / (to - from) : 0);
  return (
    <svg className="interval" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      {from < 0 && <line className="zero" x1={x(0)} x2={x(0)} y1="0" y2="10" />}
      <line x1={x(low ?? value)} x2={x(high ?? value)} y1="5" y2="5" />
      <rect x={x(value) - 1} width="2" y="1" height="8" />
    </svg>
  );
}

/** Enough to tell models apart. */
export function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(4);
}
