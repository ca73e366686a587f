/** What the page says of what people say, in English. */

export const enWords = {
  words: {
    title: "In their own words",
    note: "What is said counts where its words belong. What it suggests to do about an interest is proposed, and not done.",
    label: "Say what you like, or no longer like",
    placeholder: "I love Italian cooking, but no more horror, please.",
    say: "Say it",
    heard: "It is kept, and not read yet.",
    reading: (model: string) => `It is kept; ${model} reads it, and what it understands will stand below.`,
    understood: (claims: string) => `Understood: ${claims}.`,
    nothing: "Nothing was understood for certain, so it counts for nothing.",
    and: ", ",
    senses: {
      mention: (topic: string) => `speaks of “${topic}”`,
      like: (topic: string) => `likes “${topic}”`,
      dislike: (topic: string) => `does not like “${topic}”`,
      avoid: (topic: string) => `wants to see nothing of “${topic}”`,
      "no-longer": (topic: string) => `no longer cares for “${topic}”`,
    },
    said: "Said lately",
    proposed: "Proposed",
    proposes: {
      pin: (label: string) => `Pin ${label}`,
      boost: (label: string) => `More of ${label}`,
      mute: (label: string) => `Mute ${label}`,
      forget: (label: string) => `Forget ${label}`,
      clear: (label: string) => `Undo what was asked of ${label}`,
    },
    because: (claim: string) => `because the person ${claim}`,
    accept: "Accept",
    dismiss: "Dismiss",
    decided: {
      accept: (what: string) => `Done: ${what}.`,
      decline: (what: string) => `Dismissed: ${what}. Nothing was changed.`,
    },
    byRules:
      "No language model is configured: statements are read by rules, which take plain mentions and clear rejections.",
    byModel: (model: string) => `Statements are read by ${model}, held to their words.`,
  },
};
