/**
 * Microsoft's news data (Wu et al., MIND: A Large-scale Dataset for News Recommendation, ACL 2020): `behaviors.tsv` with
 * impressions (id, user, time, history, shown items as `N1-1` for a click and `N2-0` for none) and `news.tsv` with what
 * they are about. A user's history was clicked in the weeks before the log, at times that are not told: here it comes,
 * in its order, before the first impression of all.
 */
import { secondMs } from "../../base/time.ts";
import type { DatasetBuilder } from "./builder.ts";
import { linesOf } from "./sequences.ts";

const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) (AM|PM)$/;

/** "11/13/2019 5:53:12 AM", which is UTC as far as anybody knows, in milliseconds; NaN for anything else. */
function americanTime(text: string): number {
  const [, month, day, year, hour, minute, second, half] = american.exec(text) ?? [];
  const hours = (Number(hour) % 12) + (half === "PM" ? 12 : 0);
  return Date.UTC(Number(year), Number(month) - 1, Number(day), hours, Number(minute), Number(second));
}

export async function readMind(behaviors: string, news: string | undefined, builder: DatasetBuilder): Promise<void> {
  const histories = new Map<string, string[]>();
  const clicks: { user: string; item: string; time: number }[] = [];
  let firstTime = Number.POSITIVE_INFINITY;
  for await (const line of linesOf(behaviors)) {
    const [, user, when, history, shown] = line.split("\t");
    const time = americanTime(when ?? "");
    if (shown === undefined || Number.isNaN(time)) {
      builder.drop("an impression without its five columns or its time");
      continue;
    }
    firstTime = Math.min(firstTime, time);
    if (!histories.has(user)) histories.set(user, history.split(" ").filter(Boolean));
    for (const entry of shown.split(" ")) {
      if (entry.endsWith("-1")) clicks.push({ user, item: entry.slice(0, -2), time });
    }
  }
  for (const [user, items] of histories) {
    for (const [index, item] of items.entries()) {
      builder.add(user, item, { time: firstTime - (items.length - index) * secondMs });
    }
  }
  for (const { user, item, time } of clicks) builder.add(user, item, { time });
  if (news === undefined) return;
  for await (const line of linesOf(news)) {
    const [id, category, subcategory, title, abstract] = line.split("\t");
    if (title === undefined) builder.drop("a news line without its title");
    else {
      builder.describe({ id, title, ...(abstract && { text: abstract }), categories: [[category, subcategory]] });
    }
  }
}
