/**
 * The profile as it moves: an event is sent from here, or from anywhere else, and what it changes comes over the stream. The view
 * says how long that took.
 */
import type { EventReport, Item, Profile } from "@penchant/protocol";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useDeferredValue, useId, useRef, useState } from "react";
import { ask, part } from "../api/client.ts";
import { useItems } from "../api/queries.ts";
import { useProfileStream } from "../api/stream.ts";
import { Link, Phase, Section, Trouble } from "../parts/bits.tsx";
import { StrengthBar } from "../person/outline.tsx";
import { addressOf, go } from "../router.ts";
import { useTexts } from "../text/language.ts";
import { type Move, withUpdate } from "./moves.ts";

const eventTypes = ["view", "play", "like", "purchase", "rating", "dislike"] as const;
const shownInterests = 10;

export function LiveView({ query }: { query: Readonly<Record<string, string>> }) {
  const { t, format } = useTexts();
  const user = query.user ?? "you";
  const [profile, setProfile] = useState<Profile>();
  const [moves, setMoves] = useState<readonly Move[]>([]);
  const sentAt = useRef<number>(undefined);
  const next = useRef(0);

  const isOpen = useProfileStream(user, (update) => {
    if (update.kind === "profile") {
      setProfile(update.data);
      return;
    }
    const tookMs = sentAt.current === undefined ? undefined : performance.now() - sentAt.current;
    sentAt.current = undefined;
    next.current += 1;
    const key = next.current;
    setMoves((before) => withUpdate(before, update, { key, tookMs }));
    // The stream tells what changed; the whole is asked for.
    void ask<Profile>(`/v1/users/${part(user)}/profile`).then(setProfile, () => undefined);
  });

  return (
    <>
      <h1 className="statement">{t.live.title}</h1>
      <p className="lead">{t.live.lead}</p>
      <SendForm
        user={user}
        onUser={(id) => {
          setMoves([]);
          setProfile(undefined);
          go(addressOf("live", "", { user: id || undefined }), { replace: true });
        }}
        onSend={() => {
          sentAt.current = performance.now();
        }}
      />
      <div className="columns">
        <Section
          title={t.live.profile(user)}
          note={
            <>
              <i className={isOpen ? "pulse on" : "pulse"} /> {isOpen ? t.live.open : t.live.closed}{" "}
              <Link to={addressOf("person", user)}>{t.live.whole}</Link>
            </>
          }
        >
          {profile?.interests.length === 0 && <p className="note">{t.live.nothing}</p>}
          <ul className="outline moving">
            {profile?.interests.slice(0, shownInterests).map((node) => (
              <li key={node.interest.id}>
                <div className="row">
                  <span className="name">{node.interest.label}</span>
                  <Phase phase={node.phase} />
                  <span className="number">{format.percent(node.strength)}</span>
                </div>
                <StrengthBar node={node} />
              </li>
            ))}
          </ul>
        </Section>
        <Section title={t.live.moves}>
          {moves.length === 0 && <p className="note">{t.live.noMoves}</p>}
          <ol className="moves" aria-live="polite">
            {moves.map((move) => (
              <li key={move.key}>
                {move.tookMs !== undefined && <b>{t.live.after(format.count(Math.max(1, move.tookMs)))}</b>}
                <MoveText move={move} />
              </li>
            ))}
          </ol>
        </Section>
      </div>
    </>
  );
}

const namedChanges = 4;
const namedTurns = 6;

function MoveText({ move: { changes, turns } }: { move: Move }) {
  const { t, format } = useTexts();
  return (
    <div>
      {changes?.changes.length === 0 && t.live.slight}
      {changes?.changes
        .slice(0, namedChanges)
        .map(
          ({ interest, strength }) =>
            `${interest.label} ${format.percent(strength.before)} → ${format.percent(strength.after)}`,
        )
        .join(" · ")}
      {turns.length > 0 && (
        <p className="turns">
          {turns.slice(0, namedTurns).map(({ interest, after }) => (
            <span key={`${interest.id} ${after}`}>
              {interest.label} <Phase phase={after} />
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

interface SendFormProps {
  readonly user: string;
  readonly onUser: (user: string) => void;
  readonly onSend: () => void;
}

function SendForm({ user, onUser, onSend }: SendFormProps) {
  const { t } = useTexts();
  const list = useId();
  const [typed, setTyped] = useState("");
  const [type, setType] = useState<(typeof eventTypes)[number]>("view");
  const [stars, setStars] = useState(5);
  const { data } = useItems(useDeferredValue(typed), 8);
  const item = data?.items.find(({ title, id }) => title === typed || id === typed);
  const send = useMutation({
    mutationFn: (chosen: Item) => {
      onSend();
      const body = { user, type, item: chosen.id, ...(type === "rating" && { value: stars }) };
      return ask<EventReport>("/v1/events", { method: "POST", body });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (item !== undefined) send.mutate(item);
  };
  return (
    <form className="send" onSubmit={submit}>
      <div className="field">
        <label>
          {t.live.who}
          <input
            defaultValue={user}
            maxLength={128}
            size={10}
            onBlur={({ target }) => target.value !== user && onUser(target.value)}
          />
        </label>
        <label>
          {t.live.does}
          <select value={type} onChange={({ target }) => setType(target.value as typeof type)}>
            {eventTypes.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {type === "rating" && (
          <label>
            {t.live.stars}
            <input
              type="number"
              min={0.5}
              max={5}
              step={0.5}
              value={stars}
              onChange={({ target }) => setStars(Number(target.value))}
            />
          </label>
        )}
        <label className="grow">
          {t.live.item}
          <input
            type="search"
            list={list}
            value={typed}
            placeholder={t.live.itemHint}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <datalist id={list}>
          {data?.items.map(({ id, title }) => (
            <option key={id} value={title} />
          ))}
        </datalist>
        <button type="submit" disabled={item === undefined || send.isPending}>
          {t.live.send}
        </button>
      </div>
      {send.error !== null && <Trouble error={send.error} />}
    </form>
  );
}
