import type { Decision } from './decision.ts';

/**
 * The decision that counts, of several about one request: the limited one with the longest wait if
 * there is one, for less would not help; else the admitted one with the least left. A would-be
 * refusal by a limit in shadow mode binds only if nothing else is there.
 *
 * @param decisions - At least one.
 * @throws RangeError if there is none.
 */
export function bindingDecision(decisions: readonly Decision[]): Decision {
  const [first, ...others] = decisions;
  if (first === undefined) throw new RangeError('decisions: expected at least 1, got none');
  return others.reduce((binding, next) => (isMoreBinding(next, binding) ? next : binding), first);
}

function isMoreBinding(next: Decision, binding: Decision): boolean {
  if (next.kind === 'limited') {
    return binding.kind === 'admitted' || next.retryAfterMs > binding.retryAfterMs;
  }
  if (binding.kind === 'limited') return false;
  const isWatched = next.reason === 'shadow';
  if (isWatched !== (binding.reason === 'shadow')) return !isWatched;
  if (next.remaining !== binding.remaining) return next.remaining < binding.remaining;
  return next.resetAfterMs > binding.resetAfterMs;
}
