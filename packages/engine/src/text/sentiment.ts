/**
 * Whether words are friendly, without a model: by lists of words and a few rules. English goes to VADER (Hutto and Gilbert, ICWSM
 * 2014), which knows negation, emphasis, "but" and emoticons; Chinese to a short list here, with negation and the same reading
 * of "but": what comes after it counts. Of other languages nothing is said, rather than something wrong.
 */
import { createRequire } from "node:module";
import { chineseWords } from "./chinese.ts";

/** Characters that are read: comments say what they think early on. */
const charactersMax = 2_000;

interface Vader {
  polarity_scores(text: string): { readonly compound: number };
}
let vader: Vader | undefined;

const han = /\p{Script=Han}/gu;
const latin = /\p{Script=Latin}/gu;
const otherLetter = /[^\p{Script=Latin}\P{L}]/gu;
/** Of the commonest words, some of which stand in every English sentence of a few words and in few others. */
const english =
  /\b(?:the|and|is|it|this|that|was|of|to|for|not|i|you|my|with|but|so|very|good|bad|great|love|like|nice|best|worst)\b/i;

/**
 * From -1, hostile, to 1, friendly; undefined where nothing tells.
 *
 * @example
 * sentimentOf("The plot is great, but the ending is terrible."); // -0.38
 * sentimentOf("质量很差，不推荐"); // below 0
 */
export function sentimentOf(text: string): number | undefined {
  const read = text.slice(0, charactersMax).toWellFormed();
  const letters = { han: count(read, han), latin: count(read, latin), other: count(read, otherLetter) };
  const value =
    letters.han > 0 && 2 * letters.han >= letters.latin
      ? chineseSentiment(read)
      : letters.latin > letters.other && english.test(read)
        ? englishSentiment(read)
        : 0;
  return value === 0 || !Number.isFinite(value) ? undefined : value;
}

function count(text: string, letters: RegExp): number {
  return text.match(letters)?.length ?? 0;
}

function englishSentiment(text: string): number {
  vader ??= (createRequire(import.meta.url)("vader-sentiment") as { SentimentIntensityAnalyzer: Vader })
    .SentimentIntensityAnalyzer;
  return vader.polarity_scores(text).compound;
}

const friendly = new Set(
  "好 很好 真好 喜欢 爱 最爱 推荐 值得 满意 不错 精彩 优秀 完美 开心 高兴 漂亮 美 舒服 舒适 方便 实用 好看 好吃 好听 好用 好玩 好书 感动 惊喜 赞 棒 超值 划算 实惠 便宜 干净 安静 热情 周到 经典 有趣 有意思 好评 感谢 谢谢 适合 支持 耐心 精美 清晰 流畅 温馨 幽默 受益匪浅 物美价廉 物超所值 新鲜 美味 不贵 不虚此行 引人入胜 爱不释手 齐全 强大 轻便 快捷 欣赏 佩服 收获 启发 良好 合理 细腻 深刻 生动".split(
    " ",
  ),
);
const hostile = new Set(
  "差 很差 太差 最差 坏 烂 垃圾 失望 后悔 讨厌 难看 难吃 难听 难用 糟糕 糟 恶心 无聊 骗 骗人 骗子 上当 假 假货 盗版 投诉 差评 退货 退 破 破损 脏 臭 吵 慢 太慢 贵 太贵 坑 坑人 坑爹 浪费 劣质 粗糙 故障 死机 毛病 问题 缺点 麻烦 郁闷 气愤 生气 无语 恶劣 冷漠 敷衍 欺骗 模糊 肤浅 空洞 枯燥 乏味 不值 不好 不行 不满 难受 可惜 遗憾 噪音 发热 烫 卡 缺页 错误 错字 态度恶劣 名不副实 莫名其妙 不知所云 太小 陈旧 旧 糊弄 忽悠 弱智 低俗 罗嗦 啰嗦 异味 不舒服 掉".split(
    " ",
  ),
);
const negations = new Set(
  "不 没 没有 不是 并不 不太 不会 别 无 未 不够 不要 毫无 绝不 从不 不怎么 不能 算不上 谈不上".split(" "),
);
const turns = new Set(["但", "但是", "可是", "不过", "然而", "只是", "就是"]);
/** Words after a negation that it turns around. */
const negationReach = 2;

/** Friendly words less hostile ones, negated ones the other way, what comes after a "but" twice, squeezed between -1 and 1. */
function chineseSentiment(text: string): number {
  let balance = 0;
  let negatedUntil = -1;
  let weight = 1;
  for (const [at, word] of (chineseWords(text) ?? Array.from(text)).entries()) {
    if (turns.has(word)) weight = 2;
    if (/[，。！？；,.!?;\n]/u.test(word)) negatedUntil = -1;
    const sign = friendly.has(word) ? 1 : hostile.has(word) ? -1 : 0;
    balance += (at <= negatedUntil ? -sign : sign) * weight;
    if (negations.has(word)) negatedUntil = at + negationReach;
  }
  return balance / Math.sqrt(balance * balance + 4);
}
