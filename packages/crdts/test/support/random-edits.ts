import fc from 'fast-check';

import { TextDocument } from '../../src/text/text-document.ts';

/** One step of several replicas, as numbers that fit any state. */
export interface Step {
  /** Who does it. */
  readonly at: number;
  readonly kind: 'insert' | 'delete' | 'replace' | 'send' | 'sync' | 'reload';
  /** A place in the text, or which update, as a share of what there is. */
  readonly place: number;
  readonly count: number;
  readonly text: string;
}

/** Pieces of text of one, two and three bytes, and of two units. */
const texts = fc.array(fc.constantFrom('a', 'bc', 'd', 'é', '日', '😀', '\n'), {
  minLength: 1,
  maxLength: 4,
});

/** Every kind of step, and which ones are taken if nothing else is said. */
const kinds: readonly Step['kind'][] = ['insert', 'insert', 'delete', 'replace', 'send', 'sync'];

/** Steps of up to `replicaCount` replicas; of the kinds that there are, and of `more`. */
export function steps(
  replicaCount: number,
  maxLength: number,
  ...more: Step['kind'][]
): fc.Arbitrary<Step[]> {
  const step = fc.record({
    at: fc.nat(replicaCount - 1),
    kind: fc.constantFrom(...kinds, ...more),
    place: fc.double({ min: 0, max: 0.999, noNaN: true }),
    count: fc.integer({ min: 1, max: 4 }),
    text: texts.map((parts) => parts.join('')),
  });
  return fc.array(step, { minLength: 1, maxLength, size: 'max' });
}

/** Replicas `r0`, `r1` and so on, and all updates that they have made. */
export class Replicas {
  readonly documents: TextDocument[];
  readonly updates: Uint8Array[] = [];
  #loadCount = 0;

  constructor(count: number) {
    this.documents = Array.from({ length: count }, (_, index) =>
      this.#heard(new TextDocument({ replicaId: `r${index}` })),
    );
  }

  #heard(document: TextDocument): TextDocument {
    document.onLocalUpdate((update) => this.updates.push(update));
    return document;
  }

  /** Saves a document and goes on with what was loaded. */
  #reload(at: number): void {
    this.#loadCount += 1;
    const bytes = this.documents[at]!.save();
    const loaded = TextDocument.load(bytes, { replicaId: `load${this.#loadCount}` });
    this.documents[at] = this.#heard(loaded);
  }

  /** Does one step. Updates are sent in any order, and some of them twice. */
  run(step: Step): void {
    const document = this.documents[step.at]!;
    const from = snap(document, Math.floor(step.place * (document.length + 1)));
    const to = snap(document, Math.min(from + step.count, document.length));
    if (step.kind === 'insert') document.insert(from, step.text);
    else if (step.kind === 'delete') document.delete(from, to - from);
    else if (step.kind === 'replace') document.replace(from, to - from, step.text);
    else if (step.kind === 'send') {
      const update = this.updates[Math.floor(step.place * this.updates.length)];
      if (update !== undefined) document.apply(update);
    } else if (step.kind === 'reload') this.#reload(step.at);
    else {
      const other = this.documents[step.count % this.documents.length]!;
      for (const update of other.updatesSince(document.encodeVersion(), 8 * step.count)) {
        document.apply(update);
      }
    }
  }

  /** Gives everybody everything. */
  settle(): void {
    for (const document of this.documents) {
      for (const other of this.documents) {
        for (const update of other.updatesSince(document.encodeVersion())) document.apply(update);
      }
    }
  }
}

/** `position`, or the one before it if it lies within a surrogate pair. */
function snap(document: TextDocument, position: number): number {
  const next = document.slice(position, position + 1).charCodeAt(0);
  const isInside = position > 0 && (next & 0xfc00) === 0xdc00;
  return isInside ? position - 1 : position;
}
