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
import type { Engine, EngineFigures } from "../engine.ts";

/** The engines that are open, by tenant. */
export type OpenEngines = () => readonly (readonly [tenant: string, engine: Engine])[];

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
    for (const [name, { help, read }] of Object.entries(gauges)) {
      const collect = function (this: Gauge<"tenant">) {
        this.reset();
        for (const [tenant, engine] of engines()) this.set({ tenant }, read(engine.figures(), engine));
      };
      this.#registry.registerMetric(new Gauge({ name, help, labelNames: ["tenant"], registers: [], collect }));
    }
    for (const [name, { help, read }] of Object.entries(counters)) {
      const collect = function (this: Counter<"tenant">) {
        this.reset();
        for (const [tenant, engine] of engines()) this.inc({ tenant }, read(engine.figures(), engine));
      };
      this.#registry.registerMetric(new Counter({ name, help, labelNames: ["tenant"], registers: [], collect }));
    }
    for (const [name, { help, read }] of Object.entries(histograms)) {
      this.#registry.registerMetric(
        ofTallies(name, help, () => engines().map(([t, engine]) => [t, read(engine.figures())])),
      );
    }
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

/** A histogram whose observations were counted elsewhere: prom-client's own takes single observations only. */
function ofTallies(name: string, help: string, read: () => (readonly [tenant: string, tally: TallyView])[]): Metric {
  const values = ([tenant, { bounds, counts, count, sum }]: readonly [string, TallyView]) => {
    let below = 0;
    const buckets = bounds.map((bound, bucket) => {
      below += counts[bucket];
      return { metricName: `${name}_bucket`, labels: { tenant, le: bound }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${name}_bucket`, labels: { tenant, le: "+Inf" }, value: count },
      { metricName: `${name}_sum`, labels: { tenant }, value: sum },
      { metricName: `${name}_count`, labels: { tenant }, value: count },
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
