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
