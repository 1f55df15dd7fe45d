/** Whether `answer` is still to come. */
export function isPromiseLike<Result>(
  answer: Result | PromiseLike<Result>,
): answer is PromiseLike<Result> {
  if (answer instanceof Promise) return true;
  const given: unknown = answer;
  if (typeof given !== 'object' && typeof given !== 'function') return false;
  return given !== null && 'then' in given && typeof given.then === 'function';
}
