/**
 * Everything that a training changes: the parameters and the optimiser's slots in their two sets of arrays, and the tables
 * that live outside of the graph. Here it is one list of named tensors to be saved and restored.
 */
import { PenchantError } from "../../base/errors.ts";
import type { StoredTensor } from "../files/safetensors.ts";
import { embedding } from "../layers/embedding.ts";
import type { Optimiser } from "../optimisers/optimiser.ts";
import { gatherRows, type SparseTable, sparseTable } from "../optimisers/sparse-adam.ts";
import { initialise, parameterName } from "../parameters.ts";
import type { Feeds } from "../session.ts";
import type { Spec, Tensor, Values } from "../tensor.ts";
import { beginState, slotName, type TrainingState } from "./step.ts";

/** The table of a `sparseEmbedding`. It begins, and is saved, as that of an `embedding` of the same name. */
export interface TableOptions {
  readonly rows: number;
  readonly width: number;
  /** What it begins with instead, [rows, width]; it is copied. */
  readonly initial?: Float32Array;
}

/** The input that takes rows of the embedding's table. */
export function rowsInput(embedding: string): string {
  return `${embedding}.rows`;
}

interface Table {
  readonly embedding: string;
  readonly sparse: SparseTable;
  /** By row, the last batch that named it: finds a row that is named twice. */
  readonly named: Int32Array;
}

export class TrainingVariables {
  #state: TrainingState;
  /** By the names of the tables' tensors. */
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #shapes = new Map<string, readonly number[]>();
  /** By parameter, the tensor that has the weights that the training gives. */
  readonly #weightNames: ReadonlyMap<string, string>;
  #batches = 0;

  constructor(
    parameters: ReadonlyMap<string, Tensor>,
    optimiser: Optimiser,
    tables: Readonly<Record<string, TableOptions>>,
    seed: number,
  ) {
    this.#state = beginState(initialise([...parameters.values()], seed), optimiser);
    for (const [name, { shape }] of parameters) {
      for (const own of [name, ...optimiser.slots.map((slot) => slotName(name, slot))]) this.#shapes.set(own, shape);
    }
    const { weightsSlot } = optimiser;
    this.#weightNames = new Map(
      [...parameters.keys()].map((name) => [name, weightsSlot === undefined ? name : slotName(name, weightsSlot)]),
    );
    this.#tables = new Map(
      Object.entries(tables).map(([name, options]) => {
        const { table } = embedding(name, options);
        const tensorName = parameterName(table);
        const values = options.initial?.slice() ?? (initialise([table], seed)[tensorName] as Float32Array);
        const named = new Int32Array(options.rows);
        return [tensorName, { embedding: name, sparse: sparseTable(values, options.width), named }];
      }),
    );
  }

  /** The two sets of arrays that a step reads and writes. */
  get state(): TrainingState {
    return this.#state;
  }

  /** The tables, by the names of their embeddings. */
  get tables(): Map<string, SparseTable> {
    return new Map([...this.#tables.values()].map(({ embedding, sparse }) => [embedding, sparse]));
  }

  /** What the last step wrote becomes what the next one reads. */
  swap(): void {
    this.#state = { current: this.#state.next, next: this.#state.current };
  }

  /** Everything, without copying: valid until the next step. */
  tensors(): Map<string, StoredTensor> {
    const tensors = new Map<string, StoredTensor>();
    for (const [name, shape] of this.#shapes) tensors.set(name, { shape, values: this.#state.current[name] });
    for (const [name, { sparse }] of this.#tables) {
      const shape = [sparse.values.length / sparse.width, sparse.width];
      tensors.set(name, { shape, values: sparse.values });
      tensors.set(slotName(name, "mean"), { shape, values: sparse.mean });
      tensors.set(slotName(name, "meanSquare"), { shape, values: sparse.meanSquare });
    }
    return tensors;
  }

  /** What the training gives, parameters and tables alone, without copying: valid until the next step. */
  weightTensors(): Map<string, StoredTensor> {
    const all = this.tensors();
    const tables = [...this.#tables.keys()].map((name): [string, string] => [name, name]);
    return new Map([...this.#weightNames, ...tables].map(([name, own]) => [name, all.get(own) as StoredTensor]));
  }

  /** The numbers of `weightTensors`. */
  weights(): Record<string, Values> {
    return Object.fromEntries([...this.weightTensors()].map(([name, { values }]) => [name, values]));
  }

  /** The parameters that the next step starts from, without copying. */
  parameters(): Record<string, Values> {
    return Object.fromEntries([...this.#weightNames.keys()].map((name) => [name, this.#state.current[name]]));
  }

  /** Takes over the values of tensors with the names and shapes of `tensors()`. */
  restore(stored: ReadonlyMap<string, StoredTensor>): void {
    for (const [name, { values }] of this.tensors()) {
      (values as Float32Array).set((stored.get(name) as StoredTensor).values as Float32Array);
    }
  }

  /**
   * The rows of tables that a batch needs, as feeds; zeros where it names fewer than the network takes.
   *
   * @throws PENCHANT_E_NN_FEED when rows are too many, out of range or named twice
   */
  gather(rows: Readonly<Record<string, Int32Array>>, inputs: ReadonlyMap<string, Spec>): Feeds {
    this.#batches += 1;
    const feeds: Record<string, Values> = {};
    for (const table of this.#tables.values()) {
      const spec = inputs.get(rowsInput(table.embedding));
      if (spec === undefined) continue;
      const [capacity, width] = spec.shape;
      const wanted = rows[table.embedding] ?? new Int32Array(0);
      if (wanted.length > capacity)
        throw invalid(table, `takes ${capacity} rows at once; the batch names ${wanted.length}`);
      this.#checkRows(table, wanted);
      const into = new Float32Array(capacity * width);
      gatherRows(table.sparse, wanted, into);
      feeds[rowsInput(table.embedding)] = into;
    }
    return feeds;
  }

  #checkRows(table: Table, rows: Int32Array): void {
    const { named } = table;
    for (const row of rows) {
      if (row < 0 || row >= named.length) {
        throw invalid(table, `has rows 0 to ${named.length - 1}; the batch names row ${row}`);
      }
      if (named[row] === this.#batches) throw invalid(table, `takes each row once; the batch names row ${row} twice`);
      named[row] = this.#batches;
    }
  }
}

function invalid({ embedding }: Table, problem: string): PenchantError {
  return new PenchantError("PENCHANT_E_NN_FEED", `The table of "${embedding}" ${problem}.`, {
    details: { table: embedding },
  });
}
