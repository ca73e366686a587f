/** A vector at length 1, in place; zeros stay zeros. */
export function unit<Buffer extends ArrayBufferLike>(vector: Float32Array<Buffer>): Float32Array<Buffer> {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const scale = 1 / Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d] *= scale;
  return vector;
}
