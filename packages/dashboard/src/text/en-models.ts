/** What the page says of models and results, in English. */
export const enModels = {
  models: {
    title: "What has been learned",
    needsAdmin: "Models are shown to keys with the scope “admin”.",
    none: "Recommendations come from interests and neighbours; no trained model scores beside them yet.",
    scores: (model: string) => `In recommendations ${model} scores beside interests and neighbours.`,
    kind: "Train on everything that came in so far:",
    train: "Train",
    /** What kinds of models are, by name, where it is said otherwise than the server says it. */
    kinds: {} as Readonly<Record<string, string>>,
    trainings: "Trainings",
    progress: (model: string) => `How far the training of ${model} is`,
    states: { running: "running", done: "done", failed: "failed", cancelled: "stopped" },
    cancel: "Stop",
    trained: "Trained models",
    validationNote:
      "How well each foresaw the last event of those who were active last, which it was not shown: the mean and its 95 % interval; higher is better.",
    model: "model",
    trainedAt: "trained",
    learnedFrom: "learned from",
    data: (interactions: string, users: string) => `${interactions} events of ${users} people`,
    rival: "NDCG@10 against what scored then",
    against: (own: string, model: string, rivals: string, questions: string) =>
      `${own} against ${rivals} of ${model}, ${questions} questions`,
    noQuestions: (model: string) => `${model} may have seen every answer`,
    questions: (count: string) => `measured on ${count} people`,
    interval: (low: string, high: string) => `${low} to ${high}`,
    curves: "How they learned",
    curvesNote:
      "Epoch by epoch, while a training is under way and afterwards. Losses of different models need not compare.",
    metric: "On validation:",
    loss: "Loss in training",
    onValidation: (metric: string) => `${metric} on validation`,
    curvesLabel: (what: string, models: readonly string[]) =>
      `${what}, epoch by epoch, of ${new Intl.ListFormat("en").format(models)}; the list below has the figures`,
    curveFacts: (epochs: string, loss: string, seconds: string) => `${epochs} epochs, loss ${loss}, ${seconds} s`,
    bestIn: (metric: string, value: string, epoch: string) => `best ${metric} ${value} in epoch ${epoch}`,
    promoted: "scores now",
    promote: "Let it score",
    rollback: "Take the last change back",
  },
  results: {
    title: "Results of an evaluation",
    note: "What “penchant evaluate --json” or a benchmark wrote, as tables with 95 % intervals; of several seeds from the lowest to the highest bound. The file is read in this window and goes nowhere.",
    drop: "Drop a JSON file here, or choose one",
    order: "Order by",
    users: (count: string) => `${count} people`,
    items: (count: string) => `${count} items`,
    commit: (commit: string) => `commit ${commit}`,
    seeds: (count: string) => `mean of ${count} seeds`,
    problems: {
      large: (megabytes: string) => `The file has more than ${megabytes} MB.`,
      unreadable: (_megabytes: string) => "The file is no JSON.",
      none: (_megabytes: string) => "There are no results in the file: no model with metrics.",
    },
  },
};
