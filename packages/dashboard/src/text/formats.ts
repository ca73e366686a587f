/** How numbers, moments and lengths of time are written. */

export interface Formats {
  /** `12,345`. */
  readonly count: (value: number) => string;
  /** `34%` of a number between 0 and 1. */
  readonly percent: (share: number) => string;
  /** Two significant digits. */
  readonly number: (value: number) => string;
  /** `16 Oct 2016`, in UTC as the API's days are. */
  readonly day: (time: number) => string;
  /** `Oct 2016`. */
  readonly month: (time: number) => string;
  /** `16 Oct 2016, 21:07`, in the reader's own time. */
  readonly moment: (time: number) => string;
  /** `17 days`, `8 months`, `3 years`. */
  readonly days: (days: number) => string;
  /** `2.5 events a month`. */
  readonly rate: (perDay: number) => string;
}

export interface RateTexts {
  readonly perDay: (events: string) => string;
  readonly perMonth: (events: string) => string;
  readonly perYear: (events: string) => string;
}

const daysPerMonth = 30.44;
const daysPerYear = 365.25;

export function formatsIn(locale: string, rates: RateTexts): Formats {
  const number = (options: Intl.NumberFormatOptions) => once(() => new Intl.NumberFormat(locale, options));
  const date = (options: Intl.DateTimeFormatOptions) => once(() => new Intl.DateTimeFormat(locale, options));
  const length = (unit: string) => number({ style: "unit", unit, unitDisplay: "long", maximumSignificantDigits: 2 });
  const whole = number({ maximumFractionDigits: 0 });
  const significant = number({ maximumSignificantDigits: 2 });
  const share = number({ style: "percent", maximumSignificantDigits: 2 });
  const tiny = number({ style: "percent", maximumFractionDigits: 1 });
  const day = date({ dateStyle: "medium", timeZone: "UTC" });
  const month = date({ month: "short", year: "numeric", timeZone: "UTC" });
  const moment = date({ dateStyle: "medium", timeStyle: "short" });
  const [hours, days, months, years] = [length("hour"), length("day"), length("month"), length("year")];
  return {
    count: (value) => whole().format(value),
    percent: (value) => (Math.abs(value) >= 0.001 ? share : tiny)().format(value),
    number: (value) => significant().format(value),
    day: (time) => day().format(time),
    month: (time) => month().format(time),
    moment: (time) => moment().format(time),
    days: (value) => {
      if (value < 1) return hours().format(value * 24);
      if (value < 90) return days().format(value);
      return value < 2 * daysPerYear ? months().format(value / daysPerMonth) : years().format(value / daysPerYear);
    },
    rate: (perDay) => {
      if (perDay >= 1) return rates.perDay(significant().format(perDay));
      const perMonth = perDay * daysPerMonth;
      if (perMonth >= 1) return rates.perMonth(significant().format(perMonth));
      return rates.perYear(significant().format(perDay * daysPerYear));
    },
  };
}

/** Formats cost a browser milliseconds each: every one is made when it is first used. */
function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}
