/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type PhiAccrualErrorCode = 'PHI_ACCRUAL_CLOSED';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class PhiAccrualError extends Error {
  abstract readonly code: PhiAccrualErrorCode;
}
