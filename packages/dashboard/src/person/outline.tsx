/** The profile as a list that opens level by level: the same numbers as the rings, to read. */
import type { Profile, ProfileInterest } from "@penchant/protocol";
import { useState } from "react";
import { Bar, Phase } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";

/** Of the broad ones; all are a click away. */
const shownAtFirst = 8;

/** What is next to nothing is left out, unless the person asked for something there, which they may want to undo. */
const isWorthShowing = ({ strength, steering }: ProfileInterest) => strength >= 0.005 || steering !== undefined;

export function Outline({ profile, onPick }: { profile: Profile; onPick: (id: string) => void }) {
  const { t, format } = useTexts();
  const [isWhole, setWhole] = useState(false);
  if (profile.interests.length === 0) return <p className="note">{t.person.noInterests}</p>;
  const worth = profile.interests.filter(isWorthShowing);
  const shown = worth.filter(({ steering }, index) => isWhole || index < shownAtFirst || steering !== undefined);
  const rest = worth.length - shown.length;
  return (
    <>
      <p className="note legend-line">
        <i className="key long" /> {t.person.long} <i className="key short" /> {t.person.short}{" "}
        <i className="key rest" /> {t.person.background}
      </p>
      <ul className="outline">
        {shown.map((node) => (
          <Branch key={node.interest.id} node={node} onPick={onPick} />
        ))}
      </ul>
      {rest > 0 && (
        <button type="button" className="quiet" onClick={() => setWhole(true)}>
          {t.person.more(format.count(rest))}
        </button>
      )}
    </>
  );
}

function Branch({ node, onPick }: { node: ProfileInterest; onPick: (id: string) => void }) {
  const { t, format } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const { interest, strength, phase, children, steering } = node;
  return (
    <li>
      <div className="row">
        {children.length > 0 ? (
          <button
            type="button"
            className="twist"
            aria-expanded={isOpen}
            aria-label={t.person.narrower(interest.label)}
            onClick={() => setOpen(!isOpen)}
          />
        ) : (
          <span className="twist" />
        )}
        <button type="button" className="label" onClick={() => onPick(interest.id)}>
          {interest.label}
        </button>
        {steering?.map(({ action }) => (
          <span key={action} className="steered">
            {t.steering.standing[action]}
          </span>
        ))}
        <Phase phase={phase} />
        <span className="number">{format.percent(strength)}</span>
      </div>
      <StrengthBar node={node} />
      {isOpen && (
        <ul>
          {children.filter(isWorthShowing).map((child) => (
            <Branch key={child.interest.id} node={child} onPick={onPick} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** A strength in its parts: what lasts, what the last days added, and what one would expect of anybody. */
export function StrengthBar({ node: { interest, strength, longTerm, shortTerm } }: { node: ProfileInterest }) {
  const { t, format } = useTexts();
  const long = Math.min(longTerm, strength);
  const short = Math.min(shortTerm, strength - long);
  return (
    <Bar
      parts={[
        { share: long, kind: "long" },
        { share: short, kind: "short" },
        { share: strength - long - short, kind: "rest" },
      ]}
      label={t.person.bar(interest.label, format.percent(long), format.percent(short))}
    />
  );
}
