/**
 * Who is still there. Some people come back every week, others look in once and never again, and no sum of decaying events
 * tells the two apart: a rate that falls to a tenth with every month still promises something. So a factor c of the time
 * since somebody's last session multiplies all of their intensities alike. It says how much is to be expected of them, and
 * nothing of what they like: shares, phases and half-lives do not know of it.
 *
 * c is constant between certain ages. It is learned (`models/intensity/presence.ts`); without, it is 1.
 */

/** Where the ages end, in days since the last session began; the last has no end. */
const endsDays = [0.1, 0.4, 1.5, 5, 15, 40, 100, 250, 600, 1_500, Number.POSITIVE_INFINITY] as const;

export const ageCount = endsDays.length;

export interface Presence {
  /** c by age. [ages] */
  readonly factors: Float64Array;
}

/** The parts of a span of time by the age that a session has there: `use(age, from, to)`, in order, none of them empty. */
export function cutByAge(
  beganDays: number,
  fromDays: number,
  toDays: number,
  use: (age: number, fromDays: number, toDays: number) => void,
): void {
  let from = fromDays;
  for (let age = 0; age < ageCount && from < toDays; age++) {
    const to = Math.min(toDays, beganDays + endsDays[age]);
    if (to <= from) continue;
    use(age, from, to);
    from = to;
  }
}

/** c so many days after the last session began. */
export function presenceAt({ factors }: Presence, sinceSessionDays: number): number {
  return factors[ageOf(sinceSessionDays)];
}

export function ageOf(sinceSessionDays: number): number {
  let age = 0;
  while (sinceSessionDays >= endsDays[age]) age += 1;
  return age;
}

/** The integral of c between two times since the session. */
export function presentDays({ factors }: Presence, fromDays: number, toDays: number): number {
  let days = 0;
  cutByAge(0, fromDays, toDays, (age, from, to) => {
    days += factors[age] * (to - from);
  });
  return days;
}

/** Parts that a horizon is cut into for what happens meanwhile. */
const cells = 24;

/**
 * What is to be expected of c over a horizon, for somebody whose last session began some days ago and who comes at a rate of
 * their own, times c: whoever has come meanwhile is as young as at first. By following how many have not come yet, and how
 * many last came in each part of the horizon.
 *
 * @param sessionsPerDay before c
 * @returns the mean of c in each of the horizon's equal parts
 */
export function expectedPresence(
  presence: Presence,
  sinceSessionDays: number,
  sessionsPerDay: number,
  horizonDays: number,
): Float64Array {
  const step = horizonDays / cells;
  const means = new Float64Array(cells);
  /** Those who have not come, and those who last came in the middle of each part. */
  let waiting = 1;
  const came = new Float64Array(cells);
  const atOnce = presentDays(presence, 0, step / 2);
  const later = Float64Array.from({ length: cells }, (_, parts) =>
    presentDays(presence, (parts + 0.5) * step, (parts + 1.5) * step),
  );
  for (let cell = 0; cell < cells; cell++) {
    let [sum, coming] = [0, 0];
    /** Those that stay as they are of so many, whom c promises so much in this part. */
    const staying = (people: number, days: number): number => {
      const stay = people * Math.exp(-sessionsPerDay * days);
      coming += people - stay;
      sum += stay * days + (people - stay) * (days / 2 + atOnce);
      return stay;
    };
    waiting = staying(
      waiting,
      presentDays(presence, sinceSessionDays + cell * step, sinceSessionDays + (cell + 1) * step),
    );
    for (let before = 0; before < cell; before++) came[before] = staying(came[before], later[cell - before - 1]);
    came[cell] = coming;
    means[cell] = sum / step;
  }
  return means;
}
