/** `penchant models list|promote|rollback`: the trained models, and which one scores in recommendations. */
import type { Command } from "commander";
import type { ModelList } from "../core/registered-model.ts";
import type { Engine } from "../engine.ts";
import { type CommonOptions, printResult, withCommonOptions, withEngine } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { modelsView } from "./view/models.ts";

export function addModels(program: Command, terminal: Terminal): void {
  const models = program.command("models").description("Trained models, and which one scores in recommendations.");
  const print = async (options: CommonOptions, use: (engine: Engine) => Promise<ModelList>) =>
    printResult(terminal, options, await withEngine(terminal, options, { create: false }, use), modelsView);

  const list = models.command("list").description("The models that there are, and how good each is.");
  withCommonOptions(list, "penchant models list");
  list.action((options: CommonOptions) => print(options, async (engine) => engine.models.list()));

  const promote = models.command("promote <model>").description("Have a model score in recommendations.");
  withCommonOptions(promote, "penchant models promote ease-1");
  promote.action((id: string, options: CommonOptions) => print(options, (engine) => engine.models.promote(id)));

  const rollback = models.command("rollback").description("Take the last promotion back.");
  withCommonOptions(rollback, "penchant models rollback");
  rollback.action((options: CommonOptions) => print(options, (engine) => engine.models.rollback()));
}
