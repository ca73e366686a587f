/** A network's weights by the names of its parameters. */
export type Weights = Readonly<Record<string, Float32Array>>;
