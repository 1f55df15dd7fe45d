import { crc32 } from 'node:zlib';

/** How one directive of a file went. */
export interface Outcome {
  /** Where it stands in its file; 'end' for what differs after the last. */
  readonly place: Place;
  /** The command as it was written. */
  readonly head: string;
  /** Whether it printed the same. */
  readonly isExact: boolean;
  /** What is otherwise than the file says, and was not before. None if only messages differ. */
  readonly differences: readonly string[];
  readonly expected: string;
  readonly actual: string;
}

/** The line of a directive, or the end of the file. */
export type Place = number | 'end';

/** Changes whenever anything about the outcome does. */
export function digestOf({ differences, actual }: Outcome): string {
  const sum = crc32([...differences, actual].join('\n'));
  return sum.toString(16).padStart(8, '0');
}

/** Line by line what an output has otherwise than wanted. */
export function changedLines(expected: string, actual: string): readonly string[] {
  const wanted = expected.split('\n');
  const own = actual.split('\n');
  const places = Array.from({ length: Math.max(wanted.length, own.length) }, (_, place) => place);
  return places.flatMap((place) => {
    const [left = 'nothing', right = 'nothing'] = [own[place], wanted[place]];
    return left === right ? [] : [`${left}, not ${right}`];
  });
}

/**
 * Both texts in one: lines that only `expected` has begin with '-', those that only `actual` has
 * with '+', and of the lines between that both have, one on each side is kept.
 */
export function diff(expected: string, actual: string): readonly string[] {
  const marked = merged(expected.split('\n'), actual.split('\n'));
  const isNear = (place: number): boolean =>
    marked.slice(Math.max(0, place - 1), place + 2).some((line) => !line.startsWith(' '));
  return marked.filter((_, place) => isNear(place));
}

/** Along a longest common subsequence. */
function merged(left: readonly string[], right: readonly string[]): readonly string[] {
  const lengths = commonLengths(left, right);
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  const lines: string[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length || column < right.length) {
    const [gone = '', come = ''] = [left[row], right[column]];
    if (row < left.length && column < right.length && gone === come) {
      lines.push(`  ${gone}`);
      row += 1;
      column += 1;
    } else if (row < left.length && at(row + 1, column) >= at(row, column + 1)) {
      lines.push(`- ${gone}`);
      row += 1;
    } else if (column < right.length) {
      lines.push(`+ ${come}`);
      column += 1;
    } else {
      lines.push(`- ${gone}`);
      row += 1;
    }
  }
  return lines;
}

/** How many lines the rests from each pair of places on have in common, in order. */
function commonLengths(
  left: readonly string[],
  right: readonly string[],
): readonly (readonly number[])[] {
  const lengths = Array.from({ length: left.length + 1 }, () =>
    Array.from({ length: right.length + 1 }, () => 0),
  );
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const isSame = left[row] === right[column];
      const longer = Math.max(lengths[row + 1]![column]!, lengths[row]![column + 1]!);
      lengths[row]![column] = isSame ? lengths[row + 1]![column + 1]! + 1 : longer;
    }
  }
  return lengths;
}
