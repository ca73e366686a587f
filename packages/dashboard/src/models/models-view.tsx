/** Trained models: how each did on what was kept from it, which one scores, and the trainings under way. */
import type { ModelList, RegisteredModel, TrainingJob } from "@penchant/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect } from "react";
import { ask, part } from "../api/client.ts";
import { useJobs, useModels } from "../api/queries.ts";
import { Section, Trouble } from "../parts/bits.tsx";
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
const everyMs = 1_000;

export function ModelsView() {
  const { t, format } = useTexts();
  const client = useQueryClient();
  const jobs = useJobs(everyMs);
  const models = useModels();
  const running = jobs.data?.jobs.filter(({ state }) => state === "running").length ?? 0;
  // A training that ends leaves a model.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number of trainings is what tells
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["models"] });
  }, [client, running]);
  const change = useMutation({
    mutationFn: (path: string) => ask<ModelList>(path, { method: "POST" }),
    onSuccess: (list) => client.setQueryData(["models"], list),
  });
  const error = models.error ?? jobs.error;
  if (error !== null) {
    return (
      <>
        <h1 className="statement">{t.models.title}</h1>
        <Trouble error={error} />
        <p className="note">{t.models.needsAdmin}</p>
      </>
    );
  }
  const { models: list = [], promoted = null, promotions = [], damaged = [] } = models.data ?? {};
  return (
    <>
      <h1 className="statement">{t.models.title}</h1>
      <p className="lead">{promoted === null ? t.models.none : t.models.scores(promoted)}</p>
      <TrainForm />
      {jobs.data !== undefined && jobs.data.jobs.length > 0 && (
        <Section title={t.models.trainings} className="import">
          <ol className="evidence jobs">
            {jobs.data.jobs.map((job) => (
              <Job key={job.id} job={job} />
            ))}
          </ol>
        </Section>
      )}
      {list.length > 0 && (
        <Section title={t.models.trained} note={t.models.validationNote} className="import">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls has to be reached with the keyboard */}
          <section className="table" tabIndex={0} aria-label={t.models.trained}>
            <table>
              <thead>
                <tr>
                  {[
                    t.models.model,
                    t.models.trainedAt,
                    t.models.learnedFrom,
                    "NDCG@10",
                    "HR@10",
                    t.models.rival,
                    "",
                  ].map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {list.toReversed().map((model) => (
                  <ModelRow
                    key={model.id}
                    model={model}
                    isPromoted={model.id === promoted}
                    isBusy={change.isPending}
                    onPromote={() => change.mutate(`/v1/models/${part(model.id)}/promote`)}
                  />
                ))}
              </tbody>
            </table>
          </section>
          {promotions.length > 0 && (
            <p className="actions">
              <button type="button" disabled={change.isPending} onClick={() => change.mutate("/v1/models/rollback")}>
                {t.models.rollback}
              </button>
              <span className="note">
                {promotions.map(({ model, at }) => `${model} (${format.day(at)})`).join(" → ")}
              </span>
            </p>
          )}
        </Section>
      )}
      {change.error !== null && <Trouble error={change.error} />}
      {damaged.map(({ id, problem }) => (
        <p key={id} className="trouble">
          {id}: {problem}
        </p>
      ))}
    </>
  );
}

interface ModelRowProps {
  readonly model: RegisteredModel;
  readonly isPromoted: boolean;
  readonly isBusy: boolean;
  readonly onPromote: () => void;
}

function ModelRow({ model, isPromoted, isBusy, onPromote }: ModelRowProps) {
  const { t, format } = useTexts();
  const { data, validation } = model;
  const metric = (name: string) => {
    const value = validation.metrics[name];
    return value === undefined ? "" : value.toFixed(3);
  };
  const { rival } = validation;
  return (
    <tr>
      <th scope="row">{model.id}</th>
      <td>{format.moment(model.trainedAt)}</td>
      <td>{t.models.data(format.count(data.interactions), format.count(data.users))}</td>
      <td>{metric("NDCG@10")}</td>
      <td>{metric("HR@10")}</td>
      <td>{rival !== undefined && t.models.against(rival.own.toFixed(3), rival.model, rival.rivals.toFixed(3))}</td>
      <td>
        {isPromoted ? (
          <span className="phase core">{t.models.promoted}</span>
        ) : (
          <button type="button" disabled={isBusy} onClick={onPromote}>
            {t.models.promote}
          </button>
        )}
      </td>
    </tr>
  );
}

function Job({ job }: { job: TrainingJob }) {
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

function TrainForm() {
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
