/** Made data sets for tests of splits, and cases as lists that a test can show. */
import type { Dataset } from "../../core/dataset.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import { type CaseTable, caseAt, caseCount } from "../cases.ts";
import { type Protocol, type ProtocolName, protocolDefaults } from "./protocol.ts";

export type Row = readonly [item: number, time: number, value?: number];

export function datasetOf(users: readonly (readonly Row[])[], more: Partial<Dataset> = {}): Dataset {
  const count = 1 + users.flat().reduce((most, [item]) => Math.max(most, item), 0);
  return {
    name: "made",
    users: users.map((_, user) => `u${user}`),
    items: Array.from({ length: count }, (_, item) => ({ id: `${item}`, title: `${item}` })),
    interactions: interactionTable(
      users.map((rows) => rows.map(([item, time, value]) => ({ item, time, weight: 1, value }))),
    ),
    timing: "times",
    ...more,
  };
}

export const protocol = (name: ProtocolName, more: Partial<Protocol> = {}): Protocol => ({
  ...protocolDefaults,
  name,
  ...more,
});
/** The cases as [user, history, targets]. */
export const shown = (cases: CaseTable) =>
  Array.from({ length: caseCount(cases) }, (_, index) => {
    const { user, query, targets } = caseAt(cases, index);
    return [user, query.history.map(({ item }) => item), targets];
  });
export const inOrder = (...items: number[]): Row[] => items.map((item, time) => [item, time]);
