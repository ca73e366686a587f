/** Two moments side by side: which interests came, went or moved between them. */
import type { ProfileChanges } from "@penchant/protocol";
import { useChanges } from "../api/queries.ts";
import { Phase, Section, Trouble } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";
import { endOfDay, type Span } from "./timeline.ts";

const dayMs = 86_400_000;
const yearMs = 365 * dayMs;
const shownMax = 10;

interface CompareProps {
  readonly user: string;
  readonly span: Span;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly at: number;
  readonly onChange: (change: Record<string, string>, replace: boolean) => void;
}

export function Compare({ user, span, from, to, at, onChange }: CompareProps) {
  const { t, format } = useTexts();
  const second = endOfDay(to) ?? at;
  const first = endOfDay(from) ?? Math.max(span.from, second - Math.min(yearMs, (span.to - span.from) / 2));
  const { data, error, isPlaceholderData } = useChanges(user, first, second);
  const field = (name: "from" | "to", label: string, value: number) => (
    <label>
      {label}
      <input
        type="date"
        value={new Date(value).toISOString().slice(0, 10)}
        onChange={({ target }) => target.value !== "" && onChange({ [name]: target.value }, true)}
      />
    </label>
  );
  return (
    <Section title={t.compare.title} className="compare" isBusy={first < second && isPlaceholderData}>
      <p className="field">
        {field("from", t.compare.from, first)}
        {field("to", t.compare.to, second)}
      </p>
      {error !== null && <Trouble error={error} />}
      {first >= second && <p className="note">{t.compare.order}</p>}
      {first < second && data !== undefined && (
        <>
          <p className="note">
            {t.compare.events(format.count(data.events), data.events)}{" "}
            {t.compare.rate(format.rate(data.intensity.before), format.rate(data.intensity.after))}
          </p>
          {data.changes.length === 0 ? <p className="note">{t.compare.same}</p> : <Changes changes={data.changes} />}
        </>
      )}
    </Section>
  );
}

export function Changes({ changes }: { changes: ProfileChanges["changes"] }) {
  const { t, format } = useTexts();
  return (
    <ol className="changes">
      {changes.slice(0, shownMax).map(({ interest, strength, phase }) => (
        <li key={interest.id}>
          <span className="what">
            {interest.label} {phase.before !== phase.after && phase.after !== null && <Phase phase={phase.after} />}
            {phase.after === null && <span className="note">{t.compare.gone}</span>}
          </span>
          <Dumbbell before={strength.before} after={strength.after} />
          <span className="number">
            {format.percent(strength.before)} → {format.percent(strength.after)}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** From where to where a strength moved, between 0 and 1. */
function Dumbbell({ before, after }: { before: number; after: number }) {
  const x = (share: number) => 4 + 92 * Math.min(1, Math.max(0, share));
  return (
    <svg className="dumbbell" viewBox="0 0 100 12" aria-hidden="true">
      <line className="track" x1="4" x2="96" y1="6" y2="6" />
      <line className={after >= before ? "up" : "down"} x1={x(before)} x2={x(after)} y1="6" y2="6" />
      <circle className="before" cx={x(before)} cy="6" r="2.5" />
      <circle className={after >= before ? "up" : "down"} cx={x(after)} cy="6" r="3.5" />
    </svg>
  );
}
