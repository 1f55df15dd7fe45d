/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type PhiAccrualErrorCode = 'PHI_ACCRUAL_CLOSED' | 'PHI_ACCRUAL_TRACE_FORMAT';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class PhiAccrualError extends Error {
  abstract readonly code: PhiAccrualErrorCode;
}

/** A text is no trace. The message names the line. */
export class TraceFormatError extends PhiAccrualError {
  override readonly name = 'TraceFormatError';
  readonly code = 'PHI_ACCRUAL_TRACE_FORMAT';
}
