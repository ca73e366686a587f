/**
 * The timescales on which interest is remembered. A sum of exponentials with half-lives from hours to months comes close
 * to the power law with cutoff that people's repeat behaviour follows (Anderson, Kumar, Tomkins and Vassilvitskii, The
 * Dynamics of Repeat Consumption, WWW 2014), and unlike the power law it is updated in constant time.
 */
import { dayMs } from "../base/time.ts";

/** Shortest first. */
export const halfLivesDays = [0.25, 4, 30, 240] as const;

/** Number of timescales, K. */
export const timescaleCount = halfLivesDays.length;

/** Timescales before this one are short-term interest, those from it on long-term. */
export const firstLongTerm = 2;

/** tau_k = half-life / ln 2, in days. */
export const tausDays: readonly number[] = halfLivesDays.map((halfLife) => halfLife / Math.LN2);

/** tau_k in milliseconds. */
export const tausMs: readonly number[] = tausDays.map((tau) => tau * dayMs);
