/** One interest of a person: how strong and how sure, how long it will last, which events say so, and what the person may ask of it. */
import type { Evidence, SteeringBody } from "@penchant/protocol";
import { useSteering } from "../api/queries.ts";
import { Link, Phase, Section, Trouble } from "../parts/bits.tsx";
import { addressOf } from "../router.ts";
import { useTexts } from "../text/language.ts";
import { DecayCurve } from "./decay-curve.tsx";
import { StrengthBar } from "./outline.tsx";
import type { ShapedInterest } from "./profile-shape.ts";

interface InterestPanelProps {
  readonly user: string;
  readonly picked: ShapedInterest;
  readonly at: number | undefined;
  readonly now: number;
  readonly lastSeen: number;
  readonly isWithout: boolean;
  readonly onPick: (id: string | undefined) => void;
  readonly onWithout: () => void;
  readonly onPresent: () => void;
}

export function InterestPanel(props: InterestPanelProps) {
  const { user, picked, at, now, lastSeen, isWithout, onPick, onWithout, onPresent } = props;
  const { t, format } = useTexts();
  const { node, path, share } = picked;
  const { interest, strength, confidence, trend, halfLifeDays, halfLifeInterval, returnProbability, phase, intensity } =
    node;
  return (
    <section className="side panel" aria-label={interest.label}>
      <p className="trail">
        <button type="button" className="quiet" onClick={() => onPick(undefined)}>
          {t.person.interests}
        </button>
        {path.slice(0, -1).map((above) => (
          <span key={above.interest.id}>
            {" › "}
            <button type="button" className="quiet" onClick={() => onPick(above.interest.id)}>
              {above.interest.label}
            </button>
          </span>
        ))}
      </p>
      <h2>
        {interest.label} <Phase phase={phase} />
      </h2>
      <StrengthBar node={node} />
      <dl className="figures">
        <div>
          <dt>{path.length > 1 ? t.person.ofAbove(path.at(-2)!.interest.label) : t.person.ofAll}</dt>
          <dd>{format.percent(strength)}</dd>
        </div>
        {path.length > 1 && (
          <div>
            <dt>{t.person.ofAll}</dt>
            <dd>{format.percent(share)}</dd>
          </div>
        )}
        <div>
          <dt>{t.person.intensity}</dt>
          <dd>{format.rate(intensity)}</dd>
        </div>
        <div>
          <dt>{t.person.halfLife}</dt>
          <dd>{halfLifeDays === null ? t.person.never : format.days(halfLifeDays)}</dd>
          {halfLifeInterval !== undefined && (
            <dd className="interval">
              {t.person.between(
                format.days(halfLifeInterval.low),
                halfLifeInterval.high === null ? t.person.never : format.days(halfLifeInterval.high),
              )}
            </dd>
          )}
        </div>
        {returnProbability !== undefined && (
          <div>
            <dt>{t.person.returns}</dt>
            <dd>{format.percent(returnProbability)}</dd>
          </div>
        )}
        <div>
          <dt>{t.person.confidence}</dt>
          <dd>{format.percent(confidence)}</dd>
        </div>
        <div>
          <dt>{t.person.trend}</dt>
          <dd>{trend > 0.1 ? t.person.grows : trend < -0.1 ? t.person.wanes : t.person.steady}</dd>
        </div>
      </dl>
      <DecayCurve user={user} picked={picked} at={at ?? now} now={now} lastSeen={lastSeen} />
      <Section title={t.person.evidence} level={3}>
        <EvidenceList evidence={node.evidence} />
      </Section>
      <Steering user={user} picked={picked} isPast={at !== undefined} onDone={onPresent} />
      <p className="actions">
        {!isWithout && (
          <button type="button" onClick={onWithout}>
            {t.person.without}
          </button>
        )}
        <Link to={addressOf("interest", interest.id)}>{t.person.aboutInterest}</Link>
      </p>
    </section>
  );
}

function EvidenceList({ evidence }: { evidence: readonly Evidence[] }) {
  const { t, format } = useTexts();
  if (evidence.length === 0) return <p className="note">{t.person.noEvidence}</p>;
  return (
    <ul className="evidence">
      {evidence.map(({ item, type, time, value, share }) => (
        <li key={`${time} ${item?.id} ${type}`}>
          <span className="what">{item?.title ?? t.person.something}</span>
          <span className="note">
            {value === undefined ? t.event(type) : t.eventWithValue(type, format.number(value))} · {format.day(time)}
          </span>
          <span className="number">{format.percent(share)}</span>
        </li>
      ))}
    </ul>
  );
}

const actions: readonly { name: keyof ReturnType<typeof useTexts>["t"]["steering"]["actions"]; body: SteeringBody }[] =
  [
    { name: "pin", body: { action: "pin" } },
    { name: "boost", body: { action: "boost", factor: 2 } },
    { name: "damp", body: { action: "boost", factor: 0.5 } },
    { name: "mute", body: { action: "mute" } },
    { name: "forget", body: { action: "forget" } },
  ];

interface SteeringProps {
  readonly user: string;
  readonly picked: ShapedInterest;
  readonly isPast: boolean;
  readonly onDone: () => void;
}

/** What the person may ask of the interest; the next profile and the next recommendation obey, and no earlier one does. */
function Steering({ user, picked, isPast, onDone }: SteeringProps) {
  const { t } = useTexts();
  const steer = useSteering(user);
  const { interest, steering = [] } = picked.node;
  return (
    <Section title={t.steering.title} level={3} note={isPast ? t.steering.notePast : t.steering.note}>
      <p className="actions">
        {actions.map(({ name, body }) => {
          const stands = steering.some(
            ({ action, factor }) => action === body.action && (action !== "boost" || factor === body.factor),
          );
          return (
            <button
              key={name}
              type="button"
              aria-pressed={name === "forget" ? undefined : stands}
              title={t.steering.texts[name]}
              disabled={steer.isPending}
              onClick={() => {
                if (name === "forget" && !confirm(t.steering.sure(interest.label))) return;
                steer.mutate(
                  { interest: interest.id, ...(stands ? { action: "clear" } : body) },
                  { onSuccess: () => isPast && onDone() },
                );
              }}
            >
              {t.steering.actions[name]}
            </button>
          );
        })}
      </p>
      {steer.error !== null && <Trouble error={steer.error} />}
      {steer.isSuccess && (
        <p className="note" role="status">
          {t.steering.done}
        </p>
      )}
    </Section>
  );
}
