/** Small dense systems of least squares. */

/**
 * Solves A x = b for a symmetric positive definite A by Cholesky's factorisation, in place.
 *
 * @param a `[size, size]` row-major; its lower triangle is read and overwritten by the factor
 * @param b `[size]`, overwritten by x
 */
export function solveCholesky(a: Float64Array, b: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j];
      for (let k = 0; k < j; k++) sum -= a[i * size + k] * a[j * size + k];
      a[i * size + j] = i === j ? Math.sqrt(sum) : sum / a[j * size + j];
    }
  }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) b[i] -= a[i * size + k] * b[k];
    b[i] /= a[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) b[i] -= a[k * size + i] * b[k];
    b[i] /= a[i * size + i];
  }
}
