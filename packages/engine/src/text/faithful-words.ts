/**
 * Whether a sentence says no more than the lines of an account that it rests on. A language model may write what it likes; what
 * people read is held to the numbers, word by word:
 *
 *  1. It is one plain line, and the lines that it names are lines of the account.
 *  2. The names in it (titles, interests) are the item's own and those of its lines. Any other name is unknown, and so is a word
 *     that describes the thing: the account does not say that a film is gripping.
 *  3. Every other word has to be known here, and to be true of its lines: what was done ("rated") of the kind of event, "people" of
 *     what other people did, "half", "mainly" and "only" of the share, a month or a year of the event's date.
 *  4. A percentage is the share, to within one. A line that speaks for the item is not told with "although", and one that speaks
 *     against it not without.
 *
 * So a faithful sentence may still be a dull one. Languages whose words are not known here have no other sentences than those of
 * the account.
 */
import { harmless } from "../core/prompt-text.ts";
import type { Reason, Recommendation } from "../core/recommendation.ts";

export interface CitingSentence {
  readonly text: string;
  /** Places of the lines in the account. */
  readonly reasons: readonly number[];
}

/** What a sentence is held against. */
interface Cited {
  readonly lines: readonly Reason[];
  /** Of the score, 0 to 1. */
  readonly share: number;
  readonly hasLargest: boolean;
}

type Test = (cited: Cited) => boolean;

export const sentenceLengthMax = 240;
const linesMax = 3;

const always: Test = () => true;
const done =
  (...types: string[]): Test =>
  ({ lines }) =>
    lines.some(({ event }) => event !== undefined && types.includes(event.type));
const from =
  (...sources: Reason["source"][]): Test =>
  ({ lines }) =>
    lines.some(({ source }) => sources.includes(source));
const shareFrom =
  (least: number, most = 1): Test =>
  ({ share }) =>
    share >= least - 0.005 && share <= most + 0.005;
const dated =
  (month: number): Test =>
  ({ lines }) =>
    lines.some(({ event }) => event !== undefined && new Date(event.time).getUTCMonth() === month);
const isFor: Test = ({ lines }) => lines.every(({ contribution }) => contribution > 0);

const months = "january february march april may june july august september october november december".split(" ");

/** Words and phrases, and what has to hold for each; a word that stands in several rows needs one of them. */
const english: readonly (readonly [words: string, holds: Test])[] = [
  [
    "a an the and so because since as of in on at to for from with within into by it its it's this that these is are was were has have had be been you your yours you've they their them which what why one thing things together too also another same here reason reasons score share part partly percent your close closely near similar fits fit suits suit matches match belongs belong comes come leads lead led points point goes go lies lie recommended suggested shown recommendation interest interests interested took chose activity event did date day month year",
    always,
  ],
  ["viewed view views looked look saw seen opened visited visit", done("view")],
  ["clicked click opened", done("click")],
  ["played play watched listened heard", done("play")],
  ["searched search", done("search")],
  ["asked requested request", done("request", "search")],
  ["answered answer said", done("answer", "comment", "request")],
  ["added cart basket", done("add-to-cart")],
  ["bought purchased purchase", done("purchase")],
  ["shared", done("share")],
  ["commented comment", done("comment")],
  ["reviewed review", done("review")],
  ["saved", done("save")],
  ["finished completed", done("complete")],
  ["liked like likes enjoyed enjoy loved love favourite favorite", done("like")],
  ["rated rating", done("rating")],
  ["people others other who everyone users", from("neighbour", "popularity")],
  ["many popular nothing known yet", from("popularity")],
  ["model trained expects expected predicts", from("model")],
  ["profile expects expected", from("interest")],
  ["language judges judged thinks", from("language-model")],
  ["smaller small several remaining rest", from("rest")],
  ["half", shareFrom(0.45, 0.55)],
  ["third", shareFrom(0.28, 0.39)],
  ["quarter", shareFrom(0.2, 0.3)],
  ["most mostly mainly largely majority primarily", shareFrom(0.5)],
  ["only entirely solely alone all completely whole", shareFrom(0.95)],
  ["main biggest largest strongest", ({ hasLargest }) => hasLargest],
  ...months.map((month, index) => [month, dated(index)] as const),
];

const chinese: readonly (readonly [words: string, holds: Test])[] = [
  [
    "你 您 的 了 过 是 在 于 和 与 跟 也 因为 由于 因此 所以 这 这个 这部 这本 这首 它 其 中 里 这里 有 被 为 将 相近 接近 相似 类似 相符 符合 适合 属于 来自 兴趣 感兴趣 对 推荐 推荐给 理由 原因 分数 得分 占 之一 部分 一部分 同样 另外 曾 曾经 年 月 日 当天",
    always,
  ],
  ["看过 浏览 浏览过 看了 打开", done("view")],
  ["点击 点击过 打开", done("click")],
  ["播放 播放过 听过 看过", done("play")],
  ["搜索 搜索过", done("search")],
  ["提到 说过", done("request", "answer", "comment")],
  ["加入 购物车", done("add-to-cart")],
  ["买过 购买 购买过", done("purchase")],
  ["分享 分享过", done("share")],
  ["评论 评论过", done("comment", "review")],
  ["收藏 收藏过", done("save")],
  ["看完 完成", done("complete")],
  ["喜欢 喜欢过", done("like")],
  ["评分 评分过 评过分 打过分", done("rating")],
  ["人 其他人 别人 人们 大家 用户 一起 选择 选择了", from("neighbour", "popularity")],
  ["很多人 许多人 热门 受欢迎", from("popularity")],
  ["模型 训练 预计", from("model")],
  ["画像 预计", from("interest")],
  ["语言模型 认为", from("language-model")],
  ["较小 其余 其他", from("rest")],
  ["一半", shareFrom(0.45, 0.55)],
  ["大部分 多数 大多", shareFrom(0.5)],
  ["只 仅 全部 完全 唯一", shareFrom(0.95)],
  ["主要 最大 最主要", ({ hasLargest }) => hasLargest],
];

const meanings = new Map<string, Test[]>();
for (const [words, holds] of [...english, ...chinese]) {
  for (const word of words.split(" ")) meanings.set(word, [...(meanings.get(word) ?? []), holds]);
}
const phraseLengthMax = Math.max(
  ...[...meanings.keys()].filter((word) => /\p{Script=Han}/u.test(word)).map((word) => word.length),
);

const against =
  /\b(?:not|no|never|without|despite|although|though|unlike|but|however|hate|hated|dislike|disliked|against|avoid|less|except)\b|n't\b|[不没]|讨厌|虽然|尽管|但/;
const others = /\b(?:people|others|everyone|users)\b|人|大家|用户/;

/** The words that a model may use beside names, in the language that it writes; none where sentences of it cannot be checked. */
export function checkableWords(language: string): string | undefined {
  const rows = /english/i.test(language) ? english : /中文|汉语|chinese/i.test(language) ? chinese : undefined;
  return rows?.map(([words]) => words).join(" ");
}

/** What is wrong with a sentence, in a few words; undefined for a faithful one. */
export function unfaithful(
  { text, reasons: places }: CitingSentence,
  { item, score, reasons = [] }: Recommendation,
): string | undefined {
  const lines = places.flatMap((place) => reasons[place] ?? []);
  if (lines.length !== places.length || new Set(places).size !== places.length) return "names lines that there are not";
  if (lines.length === 0 || lines.length > linesMax) return `names ${lines.length} lines`;
  const straight = text.normalize("NFKC").replaceAll(/["“”„‟«»‹›`´]/gu, "'");
  if (harmless(text, sentenceLengthMax) !== straight.trim()) return "is not one plain line";

  const largest = Math.max(...reasons.map(({ contribution }) => contribution));
  const sum = lines.reduce((total, { contribution }) => total + contribution, 0);
  const cited = { lines, share: sum / score, hasLargest: lines.some(({ contribution }) => contribution === largest) };
  const names = [item.title, ...lines.flatMap(namesOf)].map(folded).filter((name) => name !== "");
  const rest = names.sort((a, b) => b.length - a.length).reduce(withoutName, folded(text));

  if (against.test(rest) === isFor(cited)) return "contradicts the sign of its lines";
  if (from("neighbour", "popularity")(cited) && !others.test(rest)) return "does not say that it is about other people";
  const nameWords = new Set(names.flatMap(wordsOf));
  return wordsOf(rest)
    .map((word) => problemOf(word, rest, cited, nameWords))
    .find((problem) => problem !== undefined);
}

function problemOf(word: string, text: string, cited: Cited, names: ReadonlySet<string>): string | undefined {
  if (/^\d+(?:[.,]\d+)?$/.test(word)) {
    const isPercentage = new RegExp(`(?<![\\d.,])${word.replace(".", "\\.")} ?(?:%|percent)`).test(text);
    if (isPercentage)
      return Math.abs(Number(word.replace(",", ".")) - 100 * cited.share) <= 1 ? undefined : `claims ${word} %`;
    return names.has(word) || isOfDate(word, cited) ? undefined : `has the number ${word}`;
  }
  const tests = meanings.get(word);
  if (tests === undefined) return names.has(word) || against.test(word) ? undefined : `says "${word}"`;
  return tests.some((holds) => holds(cited)) ? undefined : `says "${word}", which does not hold`;
}

function isOfDate(word: string, { lines }: Cited): boolean {
  return lines.some(({ event }) => {
    if (event === undefined) return false;
    const [year, month, day] = new Date(event.time).toISOString().slice(0, 10).split("-").map(Number);
    return [year, month, day].includes(Number(word));
  });
}

function namesOf({ event, interest, model }: Reason): string[] {
  return [event?.item?.title ?? "", interest?.label ?? "", model ?? ""];
}

const letter = "(?!\\p{Script=Han})[\\p{L}\\p{N}]";

/** A name that is nothing but words which are known here, such as a film called "Not", is one only between quotation marks. */
function withoutName(text: string, name: string): string {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const isOrdinary = wordsOf(name).every((word) => meanings.has(word) || against.test(word));
  // Han characters stand without spaces around them.
  const before = isOrdinary ? "'" : /^\p{Script=Han}/u.test(name) ? "" : `(?<!${letter})`;
  const after = isOrdinary ? "'" : /\p{Script=Han}$/u.test(name) ? "" : `(?!${letter})`;
  return text.replaceAll(new RegExp(`${before}${escaped}${after}`, "gu"), " ");
}

/** Words of letters and digits; runs of Han characters by the longest phrases that are known, and else character by character. */
function wordsOf(text: string): string[] {
  return (text.match(/\p{Script=Han}+|[\p{L}\p{M}]+(?:'[\p{L}]+)?|\d+(?:[.,]\d+)?/gu) ?? []).flatMap((run) =>
    /\p{Script=Han}/u.test(run) ? phrasesOf(run) : [run],
  );
}

function phrasesOf(run: string): string[] {
  const phrases: string[] = [];
  for (let at = 0; at < run.length; ) {
    let length = Math.min(phraseLengthMax, run.length - at);
    while (length > 1 && !meanings.has(run.slice(at, at + length))) length -= 1;
    phrases.push(run.slice(at, at + length));
    at += length;
  }
  return phrases;
}

const folded = (text: string) => harmless(text, 1_000).toLowerCase().replaceAll("’", "'");
