/**
 * The interest that some words name: "horror films" are the interest "Film / Horror", and "heist films" are not the interest
 * "Film". Each telling word has to stand in the labels on the way to the interest or among its keywords, one at least in its
 * own, and words that could stand for anything in a catalogue ("films", "stuff") need not. Of several the one with the most of
 * the words on its way wins, then the one higher up, then the one with more items. No vectors: what is steered has to be what was said.
 */
import type { InterestNode, InterestTree } from "../core/tree.ts";
import { tokenize } from "../text/tokenize.ts";

/** Words for what a catalogue has, whatever it has. */
const generic = new Set(
  "film movie book song article story show series video game thing stuff item product content genre 片 电影 影片 片子 剧 电视剧 书 书籍 文章 内容 东西 类 类型 节目 新闻 音乐".split(
    " ",
  ),
);
/** 恐怖片, 爱情剧, 科幻类: the kind of thing that is of a genre. */
const kindSuffix = /(?<=\p{Script=Han}{2})[片剧书类]$/u;

/** Words that have a plural. */
const latin = /^\p{Script=Latin}{4,}$/u;

export function namedInterest(tree: InterestTree, words: string): InterestNode | undefined {
  const asked = wordsOf(words);
  const telling = asked.filter((word) => !generic.has(word));
  // Where nothing tells more, "films" may well be the interest "Film".
  const needed = telling.length > 0 ? telling : asked;
  if (needed.length === 0) return undefined;
  const stems = needed.map((word) => (latin.test(word) ? word.slice(0, -1) : word));
  let best: InterestNode | undefined;
  let bestFound = 0;
  for (const node of tree.nodes) {
    if (node.index === 0 || node.kind === "provisional") continue;
    // Nearly all nodes are none of these, and looking at their words costs more than at their letters.
    if (!stems.some((stem) => lettersOf(node).includes(stem))) continue;
    const own = ownWords(node);
    if (!needed.some((word) => own.has(word))) continue;
    const way = tree.pathTo(node.parent).map(ownLabelWords);
    const stands = (word: string) => own.has(word) || way.some((labels) => labels.has(word));
    if (!needed.every(stands)) continue;
    const found = asked.filter(stands).length;
    if (best !== undefined && (found < bestFound || (found === bestFound && !isBetter(node, best)))) continue;
    best = node;
    bestFound = found;
  }
  return best;
}

function isBetter(node: InterestNode, than: InterestNode): boolean {
  return node.level === than.level ? node.itemCount > than.itemCount : node.level < than.level;
}

function ownWords(node: InterestNode): Set<string> {
  return new Set([...ownLabelWords(node), ...node.keywords.flatMap(wordsOf)]);
}

function ownLabelWords({ label, name }: InterestNode): Set<string> {
  return new Set([...wordsOf(label), ...wordsOf(name?.label ?? "")]);
}

/** In a form that one and many share. */
function wordsOf(text: string): string[] {
  return tokenize(text).map((word) =>
    latin.test(word) ? word.replace(/ies$/, "y").replace(/(?<!s)s$/, "") : word.replace(kindSuffix, ""),
  );
}

function lettersOf({ label, name, keywords }: InterestNode): string {
  return `${label}\n${name?.label ?? ""}\n${keywords.join("\n")}`.toLowerCase();
}
