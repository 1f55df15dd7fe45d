/** One edit: at `position`, `deleteCount` units of UTF-16 give way to `inserted`. */
export interface Patch {
  readonly position: number;
  readonly deleteCount: number;
  readonly inserted: string;
}

/** What a binding needs of a text: `TextDocument` has it, and so has the text of a document. */
export interface SharedText {
  /** Units of UTF-16. */
  readonly length: number;
  /** All of it. */
  toString(): string;
  /** Puts `text` in place of `count` units from `position` on. */
  replace(position: number, count: number, text: string): void;
  /** Makes all edits of `edit` one change. */
  transact<Result>(edit: () => Result): Result;
  /**
   * Calls `listener` after each change, of whomever. Its patches apply one after the other; none
   * are given by who does not know them, and the texts are compared then.
   */
  onChange(listener: (change: { readonly patches: readonly Patch[] }) => void): () => void;
}

/** Takes back what this user did, and does it again. */
export interface UndoControl {
  /** Takes back the latest. */
  undo(): unknown;
  /** Does again what was taken back last. */
  redo(): unknown;
}

/** A text that is a part of a document, as one that can be bound. */
export function sharedTextOf(
  document: {
    transact<Result>(edit: () => Result): Result;
    onChange(listener: () => void): () => void;
  },
  text: Pick<SharedText, 'length' | 'replace' | 'toString'>,
): SharedText {
  return {
    get length() {
      return text.length;
    },
    toString: () => text.toString(),
    replace: (position, count, inserted) => {
      text.replace(position, count, inserted);
    },
    transact: (edit) => document.transact(edit),
    onChange: (listener) => document.onChange(() => listener({ patches: [] })),
  };
}

/** `text` after `patches`. */
export function patched(text: string, patches: readonly Patch[]): string {
  let result = text;
  for (const { position, deleteCount, inserted } of patches) {
    result = result.slice(0, position) + inserted + result.slice(position + deleteCount);
  }
  return result;
}

/**
 * Where `position` is after `patches`.
 *
 * @param side - Which neighbour it stays with: the one `before` it, so that what is inserted right
 *   there comes behind it, or the one `after` it.
 */
export function mappedPosition(
  patches: readonly Patch[],
  position: number,
  side: 'before' | 'after',
): number {
  let result = position;
  for (const { position: at, deleteCount, inserted } of patches) {
    const end = at + deleteCount;
    const isBehind = result > end || (result === end && (deleteCount > 0 || side === 'after'));
    if (isBehind) result += inserted.length - deleteCount;
    else if (result > at) result = side === 'before' ? at : at + inserted.length;
  }
  return result;
}

/** Which parts of a range are left after `patches`, in order; none of what came in between. */
export function survivingRanges(
  patches: readonly Patch[],
  from: number,
  to: number,
): readonly (readonly [from: number, to: number])[] {
  let ranges: (readonly [number, number])[] = [[from, to]];
  for (const { position, deleteCount, inserted } of patches) {
    const end = position + deleteCount;
    const shift = inserted.length - deleteCount;
    ranges = ranges
      .flatMap(([start, stop]): (readonly [number, number])[] => [
        [start, Math.min(stop, position)],
        [Math.max(start, end) + shift, stop + shift],
      ])
      .filter(([start, stop]) => start < stop);
  }
  return ranges;
}

/**
 * The edit that makes `after` of `before`, as small as can be; nothing if they are equal.
 *
 * @param caret - Where the user's caret is in `after`. Of several places that explain what has
 *   changed ("aa" to "aaa"), it is the one that the caret stands at.
 */
export function differenceOf(before: string, after: string, caret: number): Patch | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  const suffixMax = Math.min(shorter, Math.max(0, after.length - caret));
  let suffix = 0;
  while (suffix < suffixMax && unit(before, -suffix) === unit(after, -suffix)) suffix += 1;
  let prefix = 0;
  while (prefix < shorter - suffix && before[prefix] === after[prefix]) prefix += 1;
  // What is left may still end alike, behind the caret.
  while (suffix < shorter - prefix && unit(before, -suffix) === unit(after, -suffix)) suffix += 1;
  if (tears(before, prefix) || tears(after, prefix)) prefix -= 1;
  if (tears(before, before.length - suffix) || tears(after, after.length - suffix)) suffix -= 1;
  return {
    position: prefix,
    deleteCount: before.length - prefix - suffix,
    inserted: after.slice(prefix, after.length - suffix),
  };
}

/** The unit that has `-place` others behind it. */
function unit(text: string, place: number): string | undefined {
  return text[text.length - 1 + place];
}

/** Whether `position` lies inside of a surrogate pair. */
function tears(text: string, position: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(position - 1, position + 1));
}
