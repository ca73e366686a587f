/**
 * Rates that know how short a history is. Long sums are small only because there was no time to gather them; dividing by the
 * time that a timescale has seen, with n0 prior days at the population's rate r, corrects for it:
 *
 *     rate(s) = (S(s) + n0 r) / (T(s) + n0),    T(s) = tau (1 - exp(-s / tau)),    s days after the person's first event
 *
 * A process needs the integral of its intensity as well. Both parts have one in closed form. An event at s_i leaves
 * exp(-(s - s_i) / tau) in S, and with v = exp(-s / tau)
 *
 *     int exp(-(s - s_i) / tau) / (T(s) + n0) ds = exp(s_i / tau) ln(T(s) + n0)
 *     int 1 / (T(s) + n0) ds                     = (s + tau ln(T(s) + n0)) / (tau + n0)
 *
 * so that no quadrature is needed where nothing else varies.
 */

/** T in days. */
export function seenDays(sinceFirstDays: number, tauDays: number): number {
  return -tauDays * Math.expm1(-sinceFirstDays / tauDays);
}

/**
 * The integral of exp(-(s - eventDays) / tau) / (T(s) + n0) from `fromDays` to `toDays`, all in days after the first event.
 *
 * @param fromDays not before `eventDays`
 */
export function eventExposure(
  eventDays: number,
  fromDays: number,
  toDays: number,
  tauDays: number,
  priorDays: number,
): number {
  if (toDays <= fromDays) return 0;
  // ln(T(to) + n0) - ln(T(from) + n0) without the cancellation, and scaled before it can vanish.
  const seen = seenDays(fromDays, tauDays) + priorDays;
  const gained = -tauDays * Math.expm1(-(toDays - fromDays) / tauDays);
  const left = Math.exp(-(fromDays - eventDays) / tauDays);
  const scale = Math.exp(-fromDays / tauDays);
  const part = (scale * gained) / seen;
  // exp(s_i / tau) = left / scale; where the part is tiny its logarithm is the part itself.
  return part > 1e-8 ? (left / scale) * Math.log1p(part) : (left * gained) / seen;
}

/** The integral of 1 / (T(s) + n0) over the same span. */
export function priorExposure(fromDays: number, toDays: number, tauDays: number, priorDays: number): number {
  if (toDays <= fromDays) return 0;
  const growth = Math.log((seenDays(toDays, tauDays) + priorDays) / (seenDays(fromDays, tauDays) + priorDays));
  return (toDays - fromDays + tauDays * growth) / (tauDays + priorDays);
}
