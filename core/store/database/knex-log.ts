/** Knex prints to the console what it also throws; the error is enough. */
export const SILENT = {
  warn: () => {},
  error: () => {},
  deprecate: () => {},
  debug: () => {},
}
