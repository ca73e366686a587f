/** What the engine can be asked of its trained models. */
import type { CurvePoint } from "../core/model.ts";
import type {
  ModelList,
  RegisteredModel,
  RegisteredModelDetail,
  TrainableModel,
  TrainingJob,
  TrainingJobDetail,
  TrainingRequest,
} from "../core/registered-model.ts";

export interface TrainOptions extends TrainingRequest {
  /** Stops the training, which rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called now and then with the part of the work done so far, 0 to 1, and what the model has to say of it. */
  readonly onProgress?: (done: number, note?: string) => void;
  /** Called after each epoch of a network; where a training goes on, first for the epochs that are done. */
  readonly onEpoch?: (point: CurvePoint) => void;
}

/** Trained models: what there is, which one scores in recommendations, and how there come to be more. */
export interface EngineModels {
  list(): ModelList;
  /** The kinds that can be trained. */
  trainable(): Promise<readonly TrainableModel[]>;
  /** One of them, with the curve of its training. Throws PENCHANT_E_MODEL_NOT_FOUND, PENCHANT_E_MODEL_FILE. */
  get(id: string): Promise<RegisteredModelDetail>;
  /**
   * Makes a model the one that scores, from the next recommendation on. Throws PENCHANT_E_MODEL_NOT_FOUND, and
   * PENCHANT_E_MODEL_FILE for one that is damaged; then all stays as it was.
   */
  promote(id: string): Promise<ModelList>;
  /** Takes the last promotion back. Throws PENCHANT_E_MODEL_NOT_FOUND when there is none. */
  rollback(): Promise<ModelList>;
  /**
   * Trains a recommender on the engine's own log, in a thread, and keeps the model. Throws PENCHANT_E_MODEL_CONFIG,
   * PENCHANT_E_MODEL_DATA, PENCHANT_E_JOBS_BUSY.
   */
  train(options: TrainOptions): Promise<RegisteredModel>;
  /** The same without waiting for it: what it comes to is asked of its job. */
  startTraining(request: TrainingRequest): Promise<TrainingJob>;
  /** Trainings under way and, since the start, over; newest first. */
  jobs(): TrainingJob[];
  /** One of them, with its curve so far. Throws PENCHANT_E_JOB_NOT_FOUND. */
  job(id: string): TrainingJobDetail;
  /** Resolves when it has stopped; one that is over stays as it is. Throws PENCHANT_E_JOB_NOT_FOUND. */
  cancelJob(id: string): Promise<TrainingJob>;
}
