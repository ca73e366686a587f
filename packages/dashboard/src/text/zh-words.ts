/** 页面中关于人们所说的话的中文文本。 */
import type { enWords } from "./en-words.ts";

export const zhWords: typeof enWords = {
  words: {
    title: "用自己的话说",
    note: "说过的话会计入它所属的兴趣。由此想到的调整只是建议，不会自动执行。",
    label: "说说喜欢什么，或者不再喜欢什么",
    placeholder: "我喜欢意大利菜，但不要再推荐恐怖片了。",
    say: "说",
    heard: "已保存，尚未读取。",
    reading: (model) => `已保存；${model} 正在读取，读到的内容会显示在下面。`,
    understood: (claims) => `理解为：${claims}。`,
    nothing: "没有确切读懂什么，因此不计入。",
    and: "，",
    senses: {
      mention: (topic) => `提到“${topic}”`,
      like: (topic) => `喜欢“${topic}”`,
      dislike: (topic) => `不喜欢“${topic}”`,
      avoid: (topic) => `不想看到“${topic}”`,
      "no-longer": (topic) => `不再在意“${topic}”`,
    },
    said: "最近说过",
    proposed: "建议",
    proposes: {
      pin: (label) => `固定“${label}”`,
      boost: (label) => `多一些“${label}”`,
      mute: (label) => `静音“${label}”`,
      forget: (label) => `忘记“${label}”`,
      clear: (label) => `撤销对“${label}”的调整`,
    },
    because: (claim) => `因为此人${claim}`,
    accept: "采纳",
    dismiss: "忽略",
    decided: {
      accept: (what) => `已完成：${what}。`,
      decline: (what) => `已忽略：${what}。没有任何改变。`,
    },
    byRules: "没有配置语言模型：说的话由规则读取，只认简单的提及和明确的拒绝。",
    byModel: (model) => `说的话由 ${model} 读取，并以原话为准。`,
  },
};
