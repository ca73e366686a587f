/** Trained models: how each did on what was kept from it, how it learned, which one scores, and the trainings under way. */
import type { ModelList } from "@penchant/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ask, part } from "../api/client.ts";
import { useJobs, useModels } from "../api/queries.ts";
import { Section, Trouble } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";
import { ModelTable } from "./model-table.tsx";
import { ResultsPanel } from "./results-panel.tsx";
import { TrainingCurves } from "./training-curves.tsx";
import { Job, TrainForm } from "./trainings.tsx";

const everyMs = 1_000;

export function ModelsView() {
  const { t } = useTexts();
  const client = useQueryClient();
  const jobs = useJobs(everyMs);
  const models = useModels();
  const running = jobs.data?.jobs.filter(({ state }) => state === "running").length ?? 0;
  // A training that ends leaves a model.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number of trainings is what tells
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["models"], exact: true });
  }, [client, running]);
  const error = models.error ?? jobs.error;
  return (
    <>
      <h1 className="statement">{t.models.title}</h1>
      {error === null ? (
        models.data !== undefined && (
          <>
            <p className="lead">
              {models.data.promoted === null ? t.models.none : t.models.scores(models.data.promoted)}
            </p>
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
            <TrainingCurves models={models.data.models} jobs={jobs.data?.jobs ?? []} />
            <Registry list={models.data} />
          </>
        )
      ) : (
        <>
          <Trouble error={error} />
          <p className="note">{t.models.needsAdmin}</p>
        </>
      )}
      <ResultsPanel />
    </>
  );
}

function Registry({ list }: { list: ModelList }) {
  const { t, format } = useTexts();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (path: string) => ask<ModelList>(path, { method: "POST" }),
    onSuccess: (changed) => client.setQueryData(["models"], changed),
  });
  const { models, promotions, damaged } = list;
  return (
    <>
      {models.length > 0 && (
        <Section title={t.models.trained} note={t.models.validationNote} className="import">
          <ModelTable
            list={list}
            isBusy={change.isPending}
            onPromote={(id) => change.mutate(`/v1/models/${part(id)}/promote`)}
          />
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
