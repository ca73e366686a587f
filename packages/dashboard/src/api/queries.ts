/** The questions that views ask, kept and shared while they are fresh. */
import type {
  Activity,
  Audience,
  DecidedProposal,
  HeardStatement,
  InterestDetail,
  InterestSummary,
  Item,
  LoggedEvent,
  ModelList,
  Profile,
  ProfileChanges,
  ProfileSeries,
  ProposalList,
  RecommendationList,
  RegisteredModelDetail,
  SteeringBody,
  TrainableModel,
  TrainingJob,
  TrainingJobDetail,
} from "@penchant/protocol";
import {
  keepPreviousData,
  QueryClient,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { ask, part, queryOf, Refusal } from "./client.ts";

export interface Holdings {
  readonly status: "ready";
  readonly events?: number;
  readonly users?: number;
  readonly items?: number;
  readonly interests?: number;
  readonly treeVersion?: number;
  readonly eventsBehindCheckpoint?: number;
  readonly unknownTypes?: Readonly<Record<string, number>>;
  /** Models on the network. */
  readonly providers?: readonly { readonly role: "language-model" | "embedder"; readonly model: string }[];
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What changes is asked again when it is known to have changed.
      staleTime: 30_000,
      networkMode: "always",
      retry: false,
      refetchOnWindowFocus: false,
    },
    mutations: { networkMode: "always" },
  },
});

/** What follows a slider or what is typed keeps showing the answer before until the next one is there. */
const placeholderData = keepPreviousData;

export const useHoldings = (refetchInterval: number | false = false) =>
  useQuery({
    queryKey: ["holdings"],
    queryFn: ({ signal }) => ask<Holdings>("/health/ready", { signal }),
    refetchInterval,
    staleTime: 2_000,
  });

export const usePeople = (q: string) =>
  useQuery({
    queryKey: ["people", q],
    queryFn: ({ signal }) =>
      ask<{ users: { id: string; events: number }[]; nextCursor: string | null }>(
        `/v1/users${queryOf({ q: q || undefined, limit: 1_000 })}`,
        { signal },
      ),
    placeholderData,
  });

export const useItems = (q: string, limit: number) =>
  useQuery({
    queryKey: ["items", q, limit],
    queryFn: ({ signal }) => ask<{ items: Item[] }>(`/v1/items${queryOf({ q, limit })}`, { signal }),
    enabled: q !== "",
    placeholderData,
  });

/** What is known of a person; refused with PENCHANT_E_USER_NOT_FOUND when that is nothing. */
export const usePerson = (user: string) =>
  useQuery({
    queryKey: ["person", user, "record"],
    queryFn: ({ signal }) => ask<{ id: string; events: number }>(`/v1/users/${part(user)}`, { signal }),
  });

export interface ProfileQuestion {
  /** Milliseconds since 1970; undefined for now. */
  readonly at?: number | undefined;
  readonly without?: string | undefined;
  readonly evidence?: number;
}

export const useProfile = (user: string, question: ProfileQuestion, enabled = true) =>
  useQuery({
    queryKey: ["person", user, "profile", question],
    queryFn: ({ signal }) => ask<Profile>(`/v1/users/${part(user)}/profile${queryOf({ ...question })}`, { signal }),
    placeholderData,
    enabled,
  });

export interface SeriesQuestion {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly under?: string | undefined;
}

export const useSeries = (user: string, { from, to, stepMs, under }: SeriesQuestion, enabled = true) =>
  useQuery({
    queryKey: ["person", user, "series", from, to, stepMs, under],
    queryFn: ({ signal }) =>
      ask<ProfileSeries>(
        `/v1/users/${part(user)}/profile/series${queryOf({ from, to, step: `${Math.round(stepMs)}ms`, under })}`,
        { signal },
      ),
    enabled: enabled && to > from,
  });

export const useRecommendations = (
  user: string,
  question: { at?: number | undefined; without?: string | undefined; limit: number },
  enabled = true,
) =>
  useQuery({
    queryKey: ["person", user, "recommendations", question],
    queryFn: ({ signal }) =>
      ask<RecommendationList>(`/v1/users/${part(user)}/recommendations${queryOf({ ...question })}`, { signal }),
    placeholderData,
    enabled,
  });

export const useEvents = (user: string, limit: number) =>
  useQuery({
    queryKey: ["person", user, "events", limit],
    queryFn: ({ signal }) =>
      ask<{ events: LoggedEvent[] }>(`/v1/users/${part(user)}/events${queryOf({ limit })}`, { signal }),
  });

export const useChanges = (user: string, from: number, to: number) =>
  useQuery({
    queryKey: ["person", user, "changes", from, to],
    queryFn: ({ signal }) =>
      ask<ProfileChanges>(`/v1/users/${part(user)}/profile/changes${queryOf({ from, to, depth: 2 })}`, { signal }),
    placeholderData,
    enabled: from < to,
  });

/** Steers an interest; what the page knows of the person is asked anew. */
export function useSteering(user: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ interest, ...body }: SteeringBody & { interest: string }) =>
      ask(`/v1/users/${part(user)}/interests/${part(interest)}`, { method: "PATCH", body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["person", user] }),
  });
}

export const useProposals = (user: string) =>
  useQuery({
    queryKey: ["person", user, "proposals"],
    queryFn: ({ signal }) => ask<ProposalList>(`/v1/users/${part(user)}/proposals`, { signal }),
  });

/** Says something of the person's interests in their own words. */
export function useSaying(user: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) =>
      ask<HeardStatement>(`/v1/users/${part(user)}/statements`, { method: "POST", body: { text } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["person", user] }),
  });
}

/** Accepts or declines what a statement proposes. */
export function useDecision(user: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, decision }: { id: string; decision: "accept" | "decline" }) =>
      ask<DecidedProposal>(`/v1/users/${part(user)}/proposals/${part(id)}`, { method: "POST", body: { decision } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["person", user] }),
  });
}

export const useInterests = () =>
  useQuery({
    queryKey: ["interests"],
    queryFn: ({ signal }) => ask<{ interests: InterestSummary[] }>("/v1/interests", { signal }),
  });

export const useInterest = (id: string) =>
  useQuery({
    queryKey: ["interests", id],
    queryFn: ({ signal }) => ask<InterestDetail>(`/v1/interests/${part(id)}`, { signal }),
  });

export const useAudience = (id: string) =>
  useQuery({
    queryKey: ["interests", id, "audience"],
    queryFn: ({ signal }) => ask<Audience>(`/v1/interests/${part(id)}/audience${queryOf({ limit: 12 })}`, { signal }),
  });

export const useActivity = (id: string) =>
  useQuery({
    queryKey: ["interests", id, "activity"],
    queryFn: ({ signal }) => ask<Activity>(`/v1/interests/${part(id)}/activity`, { signal }),
  });

export const useModels = () =>
  useQuery({ queryKey: ["models"], queryFn: ({ signal }) => ask<ModelList>("/v1/models", { signal }) });

/** What can be trained does not change while the server runs. */
export const useTrainable = () =>
  useQuery({
    queryKey: ["trainable"],
    queryFn: ({ signal }) => ask<{ models: TrainableModel[] }>("/v1/train", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useJobs = (refetchInterval: number) =>
  useQuery({
    queryKey: ["jobs"],
    queryFn: ({ signal }) => ask<{ jobs: TrainingJob[] }>("/v1/jobs", { signal }),
    refetchInterval: ({ state }) => (state.error === null ? refetchInterval : false),
  });

/** Models with their curves, which do not change any more. */
export const useModelDetails = (ids: readonly string[]) =>
  useQueries({
    queries: ids.map((id) => ({
      queryKey: ["models", id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ask<RegisteredModelDetail>(`/v1/models/${part(id)}`, { signal }),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: answers,
  });

/** Trainings with their curves so far; those under way are asked again and again. */
export const useJobDetails = (jobs: readonly TrainingJob[], refetchInterval: number) =>
  useQueries({
    queries: jobs.map(({ id, state }) => ({
      queryKey: ["jobs", id, state],
      queryFn: ({ signal }: { signal: AbortSignal }) => ask<TrainingJobDetail>(`/v1/jobs/${part(id)}`, { signal }),
      refetchInterval: state === "running" ? refetchInterval : (false as const),
      placeholderData,
    })),
    combine: answers,
  });

/** What is there of several answers; the same object as long as nothing has come. */
function answers<Answer>(results: readonly { readonly data: Answer | undefined }[]): readonly Answer[] {
  return results.flatMap(({ data }) => (data === undefined ? [] : [data]));
}

export const isNotFound = (error: unknown) => error instanceof Refusal && error.status === 404;
