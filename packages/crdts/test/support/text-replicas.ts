import { TextDocument } from '../../src/text/text-document.ts';

/** Texts of replicas with these ids, which all begin with `text`, typed by another one. */
export function textReplicas(ids: readonly string[], text = ''): TextDocument[] {
  const origin = new TextDocument({ replicaId: 'origin' });
  origin.insert(0, text);
  return ids.map((replicaId) => {
    const replica = new TextDocument({ replicaId });
    pull(replica, origin);
    return replica;
  });
}

/** Gives `replica` what `other` has. */
export function pull(replica: TextDocument, other: TextDocument): void {
  for (const update of other.updatesSince(replica.encodeVersion())) replica.apply(update);
}

/** Types `text` from `position` on, character by character. */
export function type(replica: TextDocument, position: number, text: string): void {
  let at = position;
  for (const character of text) {
    replica.insert(at, character);
    at += character.length;
  }
}

/** Types `text` backwards: each character before the one before. */
export function typeBackwards(replica: TextDocument, position: number, text: string): void {
  for (let at = text.length - 1; at >= 0; at -= 1) replica.insert(position, text.charAt(at));
}

/** What replicas say once they have all that any of them has, in each order of pulling. */
export function mergedTexts(replicas: readonly TextDocument[]): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const order of permutations(replicas)) {
    const merged = new TextDocument({ replicaId: 'merged' });
    for (const replica of order) pull(merged, replica);
    texts.add(merged.toString());
  }
  for (const replica of replicas) {
    for (const other of replicas) pull(replica, other);
    texts.add(replica.toString());
  }
  return texts;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}
