import type { BoardView } from '../../board/board.ts';

/** A board in lines, one for each thing that it says. */
export function boardLines(board: BoardView): readonly string[] {
  const { title, status, statusConflicts, affected, checklist, notes } = board;
  const lost = statusConflicts.length === 0 ? '' : ` (at once: ${statusConflicts.join(', ')})`;
  return [
    title,
    `status: ${status}${lost}`,
    `affected: ${affected}`,
    ...checklist.map(({ id, text, isDone }) => `[${isDone ? 'x' : ' '}] ${text}  (${id})`),
    ...(notes === '' ? [] : notes.split('\n').map((line) => `> ${line}`)),
  ];
}

/** What is in `after` and was not in `before`, with a `+`; what went, with a `-`. */
export function changedLines(
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  return [
    ...without(before, after).map((line) => `- ${line}`),
    ...without(after, before).map((line) => `+ ${line}`),
  ];
}

/** Lines of `some` beyond those that are in `others`, each as often as it is there. */
function without(some: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return some.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
