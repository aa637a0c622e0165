/** What bounds the work of one rendering. */
export interface Meter {
  /** @throws ExpressionError `EXPRESSION_LIMIT` once the work of the rendering is used up */
  charge(units: number): void
}
