/**
 * What a statement clearly says, by rules, in English and Chinese.
 *
 *  1. A text without any word of negation speaks of something: all of it is one mention. Words of negation are known of some
 *     more languages, so that "kein Horror" is not taken for a wish.
 *  2. A text with one is cut into clauses. A clause that fits one of the forms of a rejection, from its first word to its last,
 *     rejects what stands in the form's place: "I don't like horror any more", "no more thrillers", 不再喜欢恐怖片.
 *     A clause that fits a form of liking, and has no negation, mentions what stands there.
 *  3. Everything else counts for nothing: questions, double negations, comparisons, exceptions, "not tonight", a rejected "it". A
 *     wrong interest costs more trust than a missing one.
 *
 * A topic keeps the words of the text. Several of them ("horror or thrillers", 恐怖片和战争片) are several claims.
 */
import { limits } from "../core/limits.ts";
import type { Claim, Sense } from "../core/statement.ts";

interface Form {
  /** The whole clause; its last group is the topic. */
  readonly pattern: RegExp;
  readonly sense: Sense;
}

/** Characters that are read: what is longer is no statement but a text. */
const lengthMax = 600;
const topicWordsMax = 6;
const topicCharactersMax = 14;

const englishNegation =
  /\b(?:no|nope|not|never|nothing|nobody|none|nor|neither|without|hardly|less|hate|detest|loathe|dislike|avoid|stop|enough|sick|tired|bored|over it|used to|anymore|any more|skip|except|unless|cannot|dont|doesnt|didnt|wont|cant|isnt|aint|done with|had it|lost interest|gone off|fed up|moved on|grown out of)\b|n't\b/g;
const otherNegation =
  /\b(?:nicht|kein\w*|nie|ohne|pas|jamais|sans|rien|nunca|sin|nada|odio|não|nao|sem|non|senza|mai|niet|geen|nooit|zonder)\b/;
/** Words in which the character of a negation negates nothing. */
const chineseHarmless = /特别|区别|级别|类别|性别|个别|别人|别的|不错|不过|无论|非常|没错|差不多/g;
const chineseNegation = /[不没别勿非无]|讨厌|厌恶|厌倦|受不了|[看听玩吃]腻|[看听玩吃]够|烦|除了|以前|曾经/g;
const ended = /\b(?:any ?more|any longer|no longer|lost interest)\b/;

const who = "(?:(?:i|we)(?:'m| am|'re| are|'ve| have)? )";
const how =
  "(?:(?:really|just|honestly|absolutely|actually|completely|totally|simply|quite|still|so|also|definitely) )*";
const not =
  "(?:do not|don't|dont|can't|cant|cannot|can not|won't|wont|will not|wouldn't|would not|no longer|never|not)";
const enjoy =
  "(?:like|love|enjoy|want|need|watch|read|play|eat|buy|stand|listen to|care (?:for|about)|feel like|want to (?:see|watch|read|buy|eat|play|hear)(?: about)?|like to (?:watch|read|play|eat))";
const show = "(?:show|recommend|send|suggest|give|bring)(?:ing)?";

const englishForms: readonly Form[] = [
  { pattern: form(`${who}?${how}${not} ${how}(?:ever )?${enjoy} (.+)`), sense: "dislike" },
  { pattern: form(`${who}?${how}(?:hate|detest|loathe|dislike|avoid) (.+)`), sense: "dislike" },
  { pattern: form(`${who}${how}not ${how}(?:interested in|into|keen on|fond of|a fan of) (.+)`), sense: "dislike" },
  { pattern: form(`${who}?${how}(?:sick|tired|bored) (?:of|with|by) (.+)`), sense: "no-longer" },
  {
    pattern: form(
      `${who}?${how}(?:done with|had enough of|lost interest in|gone off|fed up with|moved on from|grown out of) (.+)`,
    ),
    sense: "no-longer",
  },
  { pattern: form(`(?:please )?(?:no more|enough of) (.+)`), sense: "no-longer" },
  { pattern: form(`(?:please )?(?:stop|avoid) ${show}(?: me| us)? (.+)`), sense: "avoid" },
  { pattern: form(`(?:please )?(?:do not|don't|dont|never) ${show}(?: me| us)? (.+)`), sense: "avoid" },
  {
    pattern: form("(?:please )?(?:no|nothing (?:about|with|like)|without(?: any)?|skip(?: the)?) (.+)"),
    sense: "avoid",
  },
];
const englishLikings = [
  form(`${who}?${how}(?:like|love|enjoy|prefer|adore) (.+)`),
  form(`${who}?${how}(?:(?:would|'d) (?:like|love)|want) (?:to (?:see|watch|read|hear|play) )?(.+)`),
  form(`(?:please )?(?:show|give|recommend|suggest)(?: me| us)? (.+)`),
  form(`(?:please )?more (.+)`),
];

const chineseHow =
  "(?:我们|我|真的|真|其实|已经|现在|以后|也|都|就|请|麻烦|实在|根本|完全|一点也|一点都|一点儿也|一点儿都)*";
const chineseEnjoy = "(?:喜欢看?|爱看|爱听|爱吃|爱|想再?看|想再?听|想要|想买|想吃|想|要看|要|看|听|吃|读|关心)";
const chineseForms: readonly Form[] = [
  {
    pattern: form(
      `${chineseHow}(?:请|)(?:别|不要|不用|勿|停止)(?:再)?(?:给我|向我)?(?:推荐|推送|推|出现|显示)(?:给我)?(.+)`,
    ),
    sense: "avoid",
  },
  { pattern: form(`${chineseHow}(?:不再|再也不|不想再)${chineseEnjoy}(.+)`), sense: "no-longer" },
  { pattern: form(`${chineseHow}(?:不|不太|不怎么|从不|从来不|并不|没那么)${chineseEnjoy}(.+)`), sense: "dislike" },
  {
    pattern: form(`${chineseHow}对(.+?)(?:已经)?(?:不再|再也不|不怎么|不太|不|没有?什?么?)(?:感兴趣|兴趣|有兴趣)了?`),
    sense: "dislike",
  },
  { pattern: form(`${chineseHow}(?:讨厌|厌恶|受不了)(.+)`), sense: "dislike" },
  { pattern: form(`${chineseHow}(?:[看听玩吃]腻|[看听玩吃]够|厌倦)了?(.+)`), sense: "no-longer" },
];
const chineseLikings = [
  form(
    `${chineseHow}(?:更|最|还是|比较|很|只)?(?:喜欢看?|爱看|爱听|爱吃|想看|想听|想要|想买|多推荐(?:一些|些|点)?|多?来点|给我看)(.+)`,
  ),
];

/** What makes a clause say something else than its form. */
const englishDoubt =
  /\b(?:than|as much|unless|except|if|when|while|only|just|enough|always|but also|to miss|tonight|today|right now|for now|at the moment|this (?:week|time|evening|morning)|yet|without|until|would be|what|which|who|how|where)\b/;
const chineseDoubt =
  /今天|今晚|暂时|这次|目前|如果|除非|除了|只是|那么|之前|得不|不仅|不只|不但|不光|不是|不得|要不要|有没有|是不是/;
const pronoun =
  /^(?:it|this|that|them|these|those|him|her|you|me|us|one|ones|problem|idea|way|thanks|thank you|worries|doubt|matter|everything|anything|它|它们|这|那|这个|那个|这些|那些|你|他|她|吗|什么|的)$/;

/** What the statement says beyond doubt; empty where that is nothing. */
export function claimsByRules(text: string): Claim[] {
  const whole = text.replace(/\s+/gu, " ").trim();
  if (whole === "") return [];
  if (whole.length > lengthMax)
    return negations(plain(whole)) === 0 ? [{ sense: "mention", topic: whole.slice(0, lengthMax) }] : [];
  if (negations(plain(whole)) === 0) return [{ sense: "mention", topic: whole }];
  return clausesOf(whole).flatMap(claimsOfClause).slice(0, limits.claims);
}

function claimsOfClause(clause: string): Claim[] {
  const said = plain(clause);
  if (/[?？]$|吗[?？]?$|呢[?？]?$/.test(said)) return [];
  const bare = said.replace(/[.!;,。！；，~…"'”’]+$/, "");
  const isChinese = /\p{Script=Han}/u.test(bare);
  if ((isChinese ? chineseDoubt : englishDoubt).test(bare)) return [];
  const count = negations(bare);
  if (count === 0) {
    const liked = firstMatch(isChinese ? chineseLikings : englishLikings, bare);
    return liked === undefined ? [] : topicsOf(clause, liked).map((topic) => ({ sense: "mention", topic }));
  }
  for (const { pattern, sense } of isChinese ? chineseForms : englishForms) {
    const topic = pattern.exec(bare)?.[1];
    if (topic === undefined) continue;
    // Inside what is rejected, or a second one before it: "I don't like films without dialogue".
    if (negations(topic.replace(trailing, "")) > 0 || count > (isEnded(bare) ? 2 : 1)) return [];
    const claimed: Sense = isEnded(bare) && sense !== "avoid" ? "no-longer" : sense;
    return topicsOf(clause, topic).map((found) => ({ sense: claimed, topic: found }));
  }
  return [];
}

/** Whether it was otherwise before: "any more", 不再, 不……了. */
function isEnded(clause: string): boolean {
  return ended.test(clause) || /不再|再也不|不想再|了$/.test(clause);
}

function firstMatch(patterns: readonly RegExp[], clause: string): string | undefined {
  for (const pattern of patterns) {
    const topic = pattern.exec(clause)?.[1];
    if (topic !== undefined) return topic;
  }
  return undefined;
}

const trailing =
  /(?:[ ,]+(?:any ?more|any longer|at all|please|these days|lately|thanks|thank you|ever again|again|ever|because .*|since .*|as they .*)| ?(?:了|吧|啊|呀|哦|啦|谢谢))+$/;
const leading =
  /^(?:(?:to (?:see|watch|read|hear|play)|see|any more|any|the|more|another|such|all of the|all|your|some|of|about|those|these|一些|任何|有关|关于|这些|那些|这种|那种|看) ?)+(?=.)/;

/** The topics, in the words of the clause; none where one of them is too long to be a topic, or stands for something else. */
function topicsOf(clause: string, topic: string): string[] {
  const isChinese = /\p{Script=Han}/u.test(topic);
  const bare = topic.replace(trailing, "").replace(leading, "").trim();
  const parts = bare.split(
    isChinese ? /[、和与跟及或,，]/u : /\s*(?:,|\/)\s*(?:(?:or|and|nor) )?|\s+(?:or|and|nor)\s+(?:any )?/u,
  );
  const found = parts.map((part) => part.trim()).filter((part) => part !== "");
  const isTopic = (part: string) =>
    !pronoun.test(part) &&
    !part.startsWith("to ") &&
    /\p{L}/u.test(part) &&
    (isChinese ? part.length <= topicCharactersMax : part.split(" ").length <= topicWordsMax);
  if (!found.every(isTopic)) return [];
  // `plain` keeps lengths, so that what stands there stands here.
  return found.map((part) => {
    const at = plain(clause).indexOf(part);
    return clause.slice(at, at + part.length);
  });
}

const clauseEnd = /(?<=[.!?;。！？；])\s*|\s*\n\s*/u;
const clauseJoint =
  /,?\s+(?:but|however|yet|although|though)[, ]+|,\s+(?=(?:and |so )?(?:i|we|please|show|give|more|no|stop|don't)\b)|\s+and (?=(?:i|we|please)\b)|[，,]?(?:但是|但|不过|可是|然而)|，/iu;

function clausesOf(text: string): string[] {
  return text
    .split(clauseEnd)
    .flatMap((sentence) => sentence.split(clauseJoint))
    .map((clause) => clause.replace(opening, "").trim())
    .filter((clause) => clause !== "");
}

const opening = /^(?:(?:please|well|sorry|honestly|actually|ok|okay|hey|hi|and|so|also|to be honest)[, ]+)+(?=\S)/iu;

function negations(clause: string): number {
  const chinese = clause.replace(chineseHarmless, "").match(chineseNegation)?.length ?? 0;
  const english = clause.match(englishNegation)?.length ?? 0;
  return chinese + english + (otherNegation.test(clause) ? 1 : 0);
}

/** In lower case, with one kind of apostrophe, and as long as before. */
function plain(text: string): string {
  const lower = text.toLowerCase();
  return (lower.length === text.length ? lower : text).replace(/[’ʼ]/g, "'");
}

function form(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`, "u");
}
