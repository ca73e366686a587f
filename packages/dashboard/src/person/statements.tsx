/**
 * What the person says of their interests in their own words: a line to say it in, what was understood of it, and what is
 * proposed to be done about an interest. Nothing is steered before somebody accepts it here.
 */
import type { HeardStatement, Proposal } from "@penchant/protocol";
import { type FormEvent, useRef, useState } from "react";
import { useDecision, useEvents, useHoldings, useProposals, useSaying } from "../api/queries.ts";
import { Section, Trouble } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";
import { shortModelName } from "../text/model-name.ts";
import { saidIn } from "./said.ts";

/** As much as the rules read of a statement. */
const charactersMax = 600;
const eventsRead = 100;
const shownMax = 4;

interface StatementsProps {
  readonly user: string;
  readonly isPast: boolean;
  readonly onPick: (id: string) => void;
  /** Something was said or decided while the page shows the past. */
  readonly onPresent: () => void;
}

export function Statements({ user, isPast, onPick, onPresent }: StatementsProps) {
  const { t, format } = useTexts();
  const { data: holdings } = useHoldings();
  const provider = holdings?.providers?.find(({ role }) => role === "language-model");
  const model = provider && shortModelName(provider.model);
  const events = useEvents(user, eventsRead);
  const said = saidIn(events.data?.events ?? []).slice(0, shownMax);
  const toPresent = () => isPast && onPresent();
  return (
    <Section title={t.words.title} className="words" note={isPast ? t.steering.notePast : t.words.note}>
      <div className="columns">
        <div>
          <SayForm user={user} model={model} onSaid={toPresent} />
          {holdings !== undefined && (
            <p className="note">{model === undefined ? t.words.byRules : t.words.byModel(model)}</p>
          )}
          <Proposals user={user} onPick={onPick} onDecided={toPresent} />
          {events.error !== null && <Trouble error={events.error} />}
        </div>
        {said.length > 0 && (
          <Section title={t.words.said} level={3}>
            <ol className="said">
              {said.map(({ id, text, time, claims }) => (
                <li key={id}>
                  <q>{text}</q> <time dateTime={new Date(time).toISOString()}>{format.day(time)}</time>
                  <p className="note">
                    {claims.length === 0
                      ? t.words.nothing
                      : claims.map(({ sense, topic }) => t.words.senses[sense](topic)).join(t.words.and)}
                  </p>
                </li>
              ))}
            </ol>
          </Section>
        )}
      </div>
    </Section>
  );
}

interface SayFormProps {
  readonly user: string;
  readonly model: string | undefined;
  readonly onSaid: () => void;
}

function SayForm({ user, model, onSaid }: SayFormProps) {
  const { t } = useTexts();
  const [text, setText] = useState("");
  const say = useSaying(user);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    say.mutate(text, {
      onSuccess: () => {
        setText("");
        onSaid();
      },
    });
  };
  const understood = ({ claims }: HeardStatement) => {
    if (claims === undefined) return model === undefined ? t.words.heard : t.words.reading(model);
    if (claims.length === 0) return t.words.nothing;
    return t.words.understood(claims.map(({ sense, topic }) => t.words.senses[sense](topic)).join(t.words.and));
  };
  return (
    <form onSubmit={submit}>
      <div className="field">
        <input
          className="grow"
          aria-label={t.words.label}
          placeholder={t.words.placeholder}
          value={text}
          maxLength={charactersMax}
          onChange={({ target }) => setText(target.value)}
        />
        <button type="submit" disabled={text.trim() === "" || say.isPending}>
          {t.words.say}
        </button>
      </div>
      {say.error !== null && <Trouble error={say.error} />}
      <p className="note" role="status">
        {say.data !== undefined && understood(say.data)}
      </p>
    </form>
  );
}

interface ProposalsProps {
  readonly user: string;
  readonly onPick: (id: string) => void;
  readonly onDecided: () => void;
}

function Proposals({ user, onPick, onDecided }: ProposalsProps) {
  const { t, format } = useTexts();
  const { data, error } = useProposals(user);
  const decide = useDecision(user);
  const outcome = useRef<HTMLParagraphElement>(null);
  const proposals = data?.proposals ?? [];
  const ask = ({ id, action, interest }: Proposal, decision: "accept" | "decline") => {
    if (decision === "accept" && action === "forget" && !confirm(t.steering.sure(interest.label))) return;
    decide.mutate(
      { id, decision },
      {
        onSuccess: () => {
          // The button that was pressed goes, and whoever was on it goes on from here.
          outcome.current?.focus();
          if (decision === "accept") onDecided();
        },
      },
    );
  };
  const { data: decided } = decide;
  return (
    <>
      {error !== null && <Trouble error={error} />}
      {proposals.length > 0 && (
        <Section title={t.words.proposed} level={3}>
          <ul className="proposals">
            {proposals.map((proposal) => {
              const { id, action, interest, sense, topic, time } = proposal;
              const what = t.words.proposes[action](interest.label);
              return (
                <li key={id}>
                  <span className="what">
                    <button type="button" className="label" onClick={() => onPick(interest.id)}>
                      {what}
                    </button>
                    <span className="note">
                      {t.words.because(t.words.senses[sense](topic))} · {format.day(time)}
                    </span>
                  </span>
                  <span className="actions">
                    <button
                      type="button"
                      className="main"
                      aria-label={`${t.words.accept}: ${what}`}
                      disabled={decide.isPending}
                      onClick={() => ask(proposal, "accept")}
                    >
                      {t.words.accept}
                    </button>
                    <button
                      type="button"
                      aria-label={`${t.words.dismiss}: ${what}`}
                      disabled={decide.isPending}
                      onClick={() => ask(proposal, "decline")}
                    >
                      {t.words.dismiss}
                    </button>
                  </span>
                </li>
              );
            })}
          </ul>
        </Section>
      )}
      {decide.error !== null && <Trouble error={decide.error} />}
      <p className="note" role="status" tabIndex={-1} ref={outcome}>
        {decided !== undefined &&
          t.words.decided[decided.decision](t.words.proposes[decided.proposal.action](decided.proposal.interest.label))}
      </p>
    </>
  );
}
