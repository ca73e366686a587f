/** What an evaluation of models of uptake asks, and of what. */
import { askingDefaults, type UptakeAsking } from "../../../models/uptake/examples.ts";

/** Everything that the tables depend on beside the data: written into every result. */
export interface UptakeProtocol extends UptakeAsking {
  readonly name: "uptake";
  /** Parts of each person's events that are learned from, and that come before the test. */
  readonly trainUntil: number;
  readonly validationUntil: number;
  /** People at most, drawn; the others are left out altogether. 0 takes all. */
  readonly usersMax: number;
  /** About so many rows at most of each table, at even distances. 0 takes all. */
  readonly rowsMax: number;
  /** Of what is drawn: people, and items for a no. The same for all models and seeds. */
  readonly seed: number;
}

export const uptakeProtocolDefaults: Omit<UptakeProtocol, "question"> = {
  ...askingDefaults,
  name: "uptake",
  trainUntil: 0.6,
  validationUntil: 0.8,
  usersMax: 0,
  rowsMax: 0,
  seed: 1,
};
