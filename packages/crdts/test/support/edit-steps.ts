import fc from 'fast-check';

import type { TextDocument } from '../../src/text/text-document.ts';

/** What happens to a few replicas of a text. A place is taken modulo what there is. */
export type EditStep =
  | { readonly kind: 'insert'; readonly at: number; readonly place: number; readonly text: string }
  | { readonly kind: 'delete'; readonly at: number; readonly place: number; readonly count: number }
  | { readonly kind: 'send'; readonly at: number; readonly to: number };

/** One replica of a text, of any library. */
export interface EditedText {
  readonly length: number;
  insert(position: number, text: string): void;
  delete(position: number, count: number): void;
  toString(): string;
}

/** Steps of `replicaCount` replicas: in one of three, one of them sends all that it has. */
export function editSteps(replicaCount: number, maxLength: number): fc.Arbitrary<EditStep[]> {
  const at = fc.nat(replicaCount - 1);
  const place = fc.nat(1_000_000);
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    minLength: 1,
    maxLength: 4,
  });
  const count = fc.integer({ min: 1, max: 3 });
  const insert = fc.record({ kind: fc.constant('insert' as const), at, place, text });
  const remove = fc.record({ kind: fc.constant('delete' as const), at, place, count });
  const send = fc.record({ kind: fc.constant('send' as const), at, to: at });
  return fc.array(
    fc.oneof(
      { weight: 3, arbitrary: insert },
      { weight: 1, arbitrary: remove },
      { weight: 2, arbitrary: send },
    ),
    { maxLength },
  );
}

/** Does `step` to `texts`. While texts are equal, it does the same in every library. */
export function doStep<Text extends EditedText>(
  texts: readonly Text[],
  step: EditStep,
  send: (from: Text, to: Text) => void,
): void {
  const text = texts[step.at];
  if (text === undefined) return;
  if (step.kind === 'send') {
    const to = texts[step.to];
    if (to !== undefined && to !== text) send(text, to);
  } else if (step.kind === 'insert') {
    text.insert(step.place % (text.length + 1), step.text);
  } else if (text.length > 0) {
    const from = step.place % text.length;
    text.delete(from, Math.min(step.count, text.length - from));
  }
}

/** Gives `to` all that it lacks of `from`. */
export function sendUpdates(from: TextDocument, to: TextDocument): void {
  for (const update of from.updatesSince(to.encodeVersion())) to.apply(update);
}
