/** A history that no execution can have produced, or that an importer cannot read. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly code = 'HISTORY_MALFORMED';
}
