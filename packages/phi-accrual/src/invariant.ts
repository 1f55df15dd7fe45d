/** Thrown when the code itself is wrong. Never caught, never part of a contract. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** States what must be true here. Use one call per condition, so a failure names the condition. */
export function invariant(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new InvariantViolation(claim);
}
