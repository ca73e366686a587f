/** What doctor has to say about one thing. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found, and the way out where it is bad. */
  readonly message: string;
}

export const good = (check: string, message: string): Finding => ({ check, ok: true, message });
export const bad = (check: string, message: string): Finding => ({ check, ok: false, message });
