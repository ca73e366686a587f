/** How long work says how far it is. */

export interface Progress {
  readonly step: string;
  readonly done: number;
  /** 0 when not known. */
  readonly total: number;
}

export type ProgressListener = (progress: Progress) => void;
