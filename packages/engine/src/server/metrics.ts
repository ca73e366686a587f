/**
 * What a monitoring system asks of the server, in Prometheus' text format at /metrics. Requests and events are counted as
 * they pass; everything about the engines is read from their figures when somebody asks, so that it costs nothing else.
 * Each server has a registry of its own.
 */
import type { EventReport } from "@penchant/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from "prom-client";
import type { TallyView } from "../base/tally.ts";
import { secondMs } from "../base/time.ts";
import type { Engine, EngineFigures, ProviderFigures } from "../engine.ts";

/** The engines that are open, by tenant. */
export type OpenEngines = () => readonly (readonly [tenant: string, engine: Engine])[];

type Labels = Readonly<Record<string, string>>;
/** What a metric says now, line by line. */
type Lines = () => (readonly [labels: Labels, value: number])[];

interface Reading {
  readonly help: string;
  readonly read: (figures: EngineFigures, engine: Engine) => number;
}

const gauges: Readonly<Record<string, Reading>> = {
  penchant_events_in_flight: {
    help: "Events that were sent to the engine and are not acknowledged yet.",
    read: ({ intake }) => intake.eventsInFlight,
  },
  penchant_events_in_flight_max: {
    help: "Above it, events are refused with 429.",
    read: ({ intake }) => intake.eventsInFlightMax,
  },
  penchant_append_queue_events: {
    help: "Events that wait to be durable.",
    read: ({ storage }) => storage.queuedEvents,
  },
  penchant_log_position: { help: "Place of the newest event in the log.", read: ({ log }) => log.position },
  penchant_fold_lag_events: {
    help: "Positions of the log that the states in memory are behind.",
    read: ({ log }) => log.position - log.foldedPosition,
  },
  penchant_stored_states_lag_events: {
    help: "Positions of the log that the states on disk are behind: what a start would replay.",
    read: ({ log }) => log.position - log.flushedPosition,
  },
  penchant_states_cached: { help: "Interest states in memory.", read: ({ states }) => states.cached },
  penchant_states_dirty: {
    help: "Interest states in memory that are not written yet.",
    read: ({ states }) => states.dirty,
  },
  penchant_items: { help: "Items of the catalogue.", read: ({ catalogue }) => catalogue.items },
  penchant_interests: { help: "Interests of the tree.", read: ({ catalogue }) => catalogue.interests },
  penchant_tree_version: { help: "Version of the interest tree.", read: ({ models }) => models.treeVersion },
  penchant_tree_items_since_build: {
    help: "Items that came since the tree was built.",
    read: ({ models }) => models.drift.itemsSince,
  },
  penchant_tree_provisional_share: {
    help: "Part of the items that are near to no interest and wait for the next rebuild.",
    read: ({ models }) => models.drift.provisionalShare,
  },
  penchant_tree_rebuild_advised: {
    help: "1 when what came since the tree was built no longer fits it, so that a rebuild is worth it.",
    read: ({ models }) => Number(models.drift.isWorthRebuilding),
  },
  penchant_model_age_seconds: {
    help: "Seconds since the tree and the models were fitted; NaN while nothing was fitted yet.",
    read: ({ models }, { clock }) =>
      models.fittedAt === null ? Number.NaN : (clock.now() - models.fittedAt) / secondMs,
  },
  penchant_statements_lag_events: {
    help: "Positions of the log in which there may be statements that the language model has yet to read.",
    read: ({ statementsLag }) => statementsLag,
  },
  penchant_webhook_lag_events: {
    help: "Positions of the log that the webhook has yet to tell of; NaN where none is configured.",
    read: ({ log, webhook }) => (webhook === null ? Number.NaN : Math.max(0, log.position - webhook.position)),
  },
  penchant_webhook_failing_seconds: {
    help: "Seconds since the webhook's endpoint takes no delivery, 0 while it does; NaN where none is configured.",
    read: ({ webhook }, { clock }) => {
      if (webhook === null) return Number.NaN;
      return webhook.failingSince === null ? 0 : (clock.now() - webhook.failingSince) / secondMs;
    },
  },
};

const counters: Readonly<Record<string, Reading>> = {
  penchant_state_cache_hits_total: {
    help: "States that were needed and in memory.",
    read: ({ states }) => states.hits,
  },
  penchant_state_cache_misses_total: {
    help: "States that were needed and had to be read, those of strangers included.",
    read: ({ states }) => states.misses,
  },
  penchant_webhook_deliveries_total: {
    help: "Deliveries that the webhook's endpoint took.",
    read: ({ webhook }) => webhook?.delivered ?? 0,
  },
  penchant_webhook_failures_total: {
    help: "Deliveries that it did not take, each of which is tried again.",
    read: ({ webhook }) => webhook?.failures ?? 0,
  },
};

interface ProviderReading {
  readonly help: string;
  readonly read: (figures: ProviderFigures) => number;
}

/** Of models on the network there is a line for each. */
const providerLabels = ["tenant", "role", "model"];

const providerGauges: Readonly<Record<string, ProviderReading>> = {
  penchant_provider_refusing: {
    help: "1 while calls of the model are refused at once, because those before failed.",
    read: ({ isRefusing }) => Number(isRefusing),
  },
};

const providerCounters: Readonly<Record<string, ProviderReading>> = {
  penchant_provider_calls_total: { help: "Calls of models on the network.", read: ({ calls }) => calls },
  penchant_provider_retries_total: { help: "Tries after the first of a call.", read: ({ retries }) => retries },
  penchant_provider_failures_total: { help: "Calls that failed for good.", read: ({ failures }) => failures },
  penchant_provider_input_tokens_total: { help: "Tokens that were sent.", read: ({ inputTokens }) => inputTokens },
  penchant_provider_output_tokens_total: { help: "Tokens that came back.", read: ({ outputTokens }) => outputTokens },
  penchant_provider_cost_total: { help: "What the tokens cost at the configured prices.", read: ({ cost }) => cost },
};

const histograms: Readonly<Record<string, { help: string; read: (figures: EngineFigures) => TallyView }>> = {
  penchant_commit_duration_seconds: {
    help: "How long a commit of events took, its wait for the disk included.",
    read: ({ storage }) => storage.commitSeconds,
  },
  penchant_commit_events: { help: "Events that shared a commit.", read: ({ storage }) => storage.commitEvents },
};

export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #events: Counter<"outcome">;
  #hasProcessMetrics = false;

  constructor(engines: OpenEngines) {
    const registers = [this.#registry];
    this.#requests = new Histogram({
      name: "penchant_http_request_duration_seconds",
      help: "How long requests took, by the pattern of their route.",
      labelNames: ["method", "route", "status"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    });
    this.#events = new Counter({
      name: "penchant_events_total",
      help: "Events that came by HTTP, by what became of them.",
      labelNames: ["outcome"],
      registers,
    });
    for (const outcome of ["accepted", "duplicate", "rejected"]) this.#events.inc({ outcome }, 0);
    const ofEngines = ({ read }: Reading): Lines => {
      return () => engines().map(([tenant, engine]) => [{ tenant }, read(engine.figures(), engine)]);
    };
    const ofProviders = ({ read }: ProviderReading): Lines => {
      return () => eachProvider(engines()).map(([labels, figures]) => [labels, read(figures)]);
    };
    for (const [name, reading] of Object.entries(gauges)) this.#add(Gauge, name, reading.help, ofEngines(reading));
    for (const [name, reading] of Object.entries(counters)) this.#add(Counter, name, reading.help, ofEngines(reading));
    for (const [name, reading] of Object.entries(providerGauges)) {
      this.#add(Gauge, name, reading.help, ofProviders(reading), providerLabels);
    }
    for (const [name, reading] of Object.entries(providerCounters)) {
      this.#add(Counter, name, reading.help, ofProviders(reading), providerLabels);
    }
    for (const purpose of ["explanations", "reranking"] as const) {
      const lines: Lines = () =>
        engines().flatMap(([tenant, engine]) =>
          Object.entries(engine.figures()[purpose] ?? {}).map(
            ([outcome, count]) => [{ tenant, outcome }, count] as const,
          ),
        );
      const help = `Questions to the language model while somebody waited, for ${purpose}, by what became of them.`;
      this.#add(Counter, `penchant_language_model_${purpose}_total`, help, lines, ["tenant", "outcome"]);
    }
    const seconds = () => eachProvider(engines()).map(([labels, figures]) => [labels, figures.seconds] as const);
    this.#registry.registerMetric(
      ofTallies("penchant_provider_call_duration_seconds", "How long answered calls took, retries included.", seconds),
    );
    for (const [name, { help, read }] of Object.entries(histograms)) {
      this.#registry.registerMetric(
        ofTallies(name, help, () => engines().map(([tenant, engine]) => [{ tenant }, read(engine.figures())])),
      );
    }
  }

  /** Adds a metric whose lines are read from the engines when somebody asks. */
  #add(Kind: typeof Gauge | typeof Counter, name: string, help: string, lines: Lines, labelNames = ["tenant"]): void {
    const collect = function (this: Gauge | Counter) {
      this.reset();
      for (const [labels, value] of lines()) this.inc(labels, value);
    };
    this.#registry.registerMetric(new Kind({ name, help, labelNames, registers: [], collect }));
  }

  /** Counts a request that was answered. */
  answered(request: FastifyRequest, reply: FastifyReply): void {
    const { method, routeOptions } = request;
    const labels = { method, route: routeOptions.url ?? "none", status: reply.statusCode };
    this.#requests.observe(labels, reply.elapsedTime / secondMs);
  }

  /** Counts the events of a request. */
  tracked({ accepted, duplicates, rejected }: EventReport): void {
    this.#events.inc({ outcome: "accepted" }, accepted);
    this.#events.inc({ outcome: "duplicate" }, duplicates);
    this.#events.inc({ outcome: "rejected" }, rejected);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    // Watching the process costs timers and observers, which a server that nobody watches does without.
    if (!this.#hasProcessMetrics) collectDefaultMetrics({ register: this.#registry });
    this.#hasProcessMetrics = true;
    return this.#registry.metrics();
  }
}

function eachProvider(engines: ReturnType<OpenEngines>): (readonly [Labels, ProviderFigures])[] {
  return engines.flatMap(([tenant, engine]) =>
    engine.figures().providers.map((figures) => {
      const { role, model } = figures;
      return [{ tenant, role, model }, figures] as const;
    }),
  );
}

/** A histogram whose observations were counted elsewhere: prom-client's own takes single observations only. */
function ofTallies(name: string, help: string, read: () => (readonly [labels: Labels, tally: TallyView])[]): Metric {
  const values = ([labels, { bounds, counts, count, sum }]: readonly [Labels, TallyView]) => {
    let below = 0;
    const buckets = bounds.map((bound, bucket) => {
      below += counts[bucket];
      return { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${name}_bucket`, labels: { ...labels, le: "+Inf" }, value: count },
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  };
  const metric = {
    name,
    help,
    type: "histogram",
    get: async () => ({ name, help, type: "histogram", values: read().flatMap(values) }),
  };
  return metric as unknown as Metric;
}
