/**
 * Training again by itself: once the promoted model's kind was last trained so long ago and so many events have come since,
 * it is trained anew with the same settings, and the new one is promoted if it is not worse. Both follow from what the
 * registry holds, so that a restart changes nothing; where nothing is promoted there is nothing to train again.
 */
import { type Clock, minuteMs } from "../../base/time.ts";
import type { ModelRegistry } from "../../models/model-registry.ts";
import type { Trainings } from "./trainings.ts";

export interface RetrainingOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly minNewEvents: number;
  readonly registry: ModelRegistry;
  readonly trainings: Trainings;
  /** Position of the newest event of the log. */
  readonly lastPosition: () => Promise<number>;
  readonly onError: (error: unknown) => void;
}

/** How often it is looked whether it is time. */
const lookMs = minuteMs;

export class Retraining {
  readonly #options: RetrainingOptions;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  /** Since the start; a training that failed is not tried again at once. */
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RetrainingOptions) {
    this.#options = options;
    this.#timer = setInterval(
      () => {
        this.#looking = this.#look().catch(options.onError);
      },
      Math.min(lookMs, options.everyMs),
    );
    this.#timer.unref();
  }

  /** Starts a training if it is time for one. */
  async #look(): Promise<void> {
    const { clock, everyMs, minNewEvents, registry, trainings, lastPosition } = this.#options;
    const { promoted } = registry;
    const model = promoted === undefined ? undefined : registry.find(promoted);
    if (model === undefined || trainings.isRunning) return;
    const newest = registry.list().findLast(({ name }) => name === model.name) ?? model;
    const now = clock.now();
    if (now - Math.max(newest.trainedAt, this.#triedAt) < everyMs) return;
    if ((await lastPosition()) - newest.data.position < minNewEvents || trainings.isRunning) return;
    this.#triedAt = now;
    const { name, config, seed } = model;
    await trainings.start({ model: name, config, seed, promote: true }, { startedBy: "schedule" });
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}
