/** Every operation there is. To add one, write its entry in the table of its family and a function that applies it. */
import type { Rule } from "../rule.ts";
import { broadcasting } from "./broadcasting.ts";
import { elementwise } from "./elementwise.ts";
import { fused } from "./fused.ts";
import { given } from "./given-gradients.ts";
import { indexing } from "./indexing.ts";
import { linearAlgebra } from "./linear-algebra.ts";
import { logic } from "./logic.ts";
import { reductions } from "./reduction.ts";
import { shaping } from "./shape.ts";

export const operations = {
  ...broadcasting,
  ...logic,
  ...elementwise,
  ...shaping,
  ...linearAlgebra,
  ...reductions,
  ...indexing,
  ...fused,
  ...given,
};

export type OperationName = keyof typeof operations;

/** The rule behind a node. Its attributes were checked against the rule when the node was built. */
export function ruleOf(operation: string): Rule<object> {
  return operations[operation as OperationName] as unknown as Rule<object>;
}
