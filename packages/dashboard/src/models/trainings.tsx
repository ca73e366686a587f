/** Trainings under way and over, and the form that starts one. */
import type { TrainingJob } from "@penchant/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ask, part } from "../api/client.ts";
import { useTrainable } from "../api/queries.ts";
import { Trouble } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";

/** Chosen at first, where the server knows it: good on most data, and trained in seconds. */
const usual = "ease";

export function Job({ job }: { job: TrainingJob }) {
  const { t, format } = useTexts();
  const client = useQueryClient();
  const { id, model, state, progress, note, error, result, startedAt } = job;
  const cancel = useMutation({
    mutationFn: () => ask<TrainingJob>(`/v1/jobs/${part(id)}`, { method: "DELETE" }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  return (
    <li>
      <span className="what">
        {model} <span className="note">{format.moment(startedAt)}</span>
        {state === "running" && <progress value={progress} aria-label={t.models.progress(model)} />}
        {(error ?? result ?? note) !== undefined && (
          <span className="note"> → {error?.detail ?? result?.model ?? note}</span>
        )}
      </span>
      <span className="note">{t.models.states[state]}</span>
      {state === "running" ? (
        <button type="button" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          {t.models.cancel}
        </button>
      ) : (
        <span />
      )}
    </li>
  );
}

export function TrainForm() {
  const { t, language } = useTexts();
  const client = useQueryClient();
  const about = useId();
  const trainable = useTrainable();
  const [chosen, setChosen] = useState(usual);
  const models = trainable.data?.models ?? [];
  const model = models.find(({ name }) => name === chosen) ?? models[0];
  const train = useMutation({
    mutationFn: (model: string) => ask<TrainingJob>("/v1/train", { method: "POST", body: { model } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (model !== undefined) train.mutate(model.name);
  };
  if (trainable.error !== null) return <Trouble error={trainable.error} />;
  if (model === undefined) return null;
  // The server describes them in English, those too that this page has never heard of.
  const own = t.models.kinds[model.name];
  return (
    <form onSubmit={submit}>
      <p className="field">
        <label>
          {t.models.kind}
          <select value={model.name} aria-describedby={about} onChange={({ target }) => setChosen(target.value)}>
            {models.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={train.isPending}>
          {t.models.train}
        </button>
      </p>
      <p className="note" id={about} lang={own === undefined ? "en" : language} aria-live="polite">
        {own ?? model.description}
      </p>
      {train.error !== null && <Trouble error={train.error} />}
    </form>
  );
}
