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
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const significant = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumSignificantDigits: 2 });
  const tiny = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  const yearAndMonth = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" });
  const dateAndTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const length = (unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long", maximumSignificantDigits: 2 });
  const [hours, days, months, years] = ["hour", "day", "month", "year"].map(length) as [
    Intl.NumberFormat,
    Intl.NumberFormat,
    Intl.NumberFormat,
    Intl.NumberFormat,
  ];
  return {
    count: (value) => whole.format(value),
    percent: (value) => (Math.abs(value) >= 0.001 ? share : tiny).format(value),
    number: (value) => significant.format(value),
    day: (time) => date.format(time),
    month: (time) => yearAndMonth.format(time),
    moment: (time) => dateAndTime.format(time),
    days: (value) => {
      if (value < 1) return hours.format(value * 24);
      if (value < 90) return days.format(value);
      return value < 2 * daysPerYear ? months.format(value / daysPerMonth) : years.format(value / daysPerYear);
    },
    rate: (perDay) => {
      if (perDay >= 1) return rates.perDay(significant.format(perDay));
      const perMonth = perDay * daysPerMonth;
      if (perMonth >= 1) return rates.perMonth(significant.format(perMonth));
      return rates.perYear(significant.format(perDay * daysPerYear));
    },
  };
}
