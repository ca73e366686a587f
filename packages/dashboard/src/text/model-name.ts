/** What people call a model on the network: `openai-compatible:127.0.0.1:8080/v1/gemma-3` is `gemma-3`. */
export const shortModelName = (model: string): string => model.slice(model.lastIndexOf("/") + 1);
