/** Trainings under way and over, and the form that starts one. */
import type { TrainingJob } from "@penchant/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ask, part } from "../api/client.ts";
import { Trouble } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";

/** Recommenders that can be trained on the log; the server refuses what it does not know. */
const trainable = [
  "ease",
  "slim",
  "item-knn",
  "markov",
  "item2vec",
  "ials",
  "bpr",
  "sasrec",
  "hstu",
  "gru4rec",
] as const;

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
  const { t } = useTexts();
  const client = useQueryClient();
  const train = useMutation({
    mutationFn: (model: string) => ask<TrainingJob>("/v1/train", { method: "POST", body: { model } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const model = new FormData(event.currentTarget).get("model");
    if (typeof model === "string") train.mutate(model);
  };
  return (
    <form onSubmit={submit}>
      <p className="field">
        <label>
          {t.models.kind}
          <select name="model">
            {trainable.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={train.isPending}>
          {t.models.train}
        </button>
      </p>
      {train.error !== null && <Trouble error={train.error} />}
    </form>
  );
}
