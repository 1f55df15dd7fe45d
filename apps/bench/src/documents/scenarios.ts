/**
 * The scenarios B1 to B3 of crdt-benchmarks (github.com/dmonad/crdt-benchmarks), which most
 * libraries publish figures of: written anew, with the same random numbers (lib0, seed 42).
 *
 * B1: one replica edits, each edit is an update, another replica applies them all. B2: two replicas
 * begin equal, edit in one transaction each, and exchange it. B3: many replicas make one change
 * each, and one applies them all in one go.
 */
import * as random from 'lib0/prng';

import type { Sample } from '../suite.ts';
import type { DocumentLibrary, Item, LibraryDocument } from './library.ts';
import { cpuMsOf } from './measured.ts';

/** What one process is to measure. */
export interface ScenarioRequest {
  readonly scenario: string;
}

type Numbers = ReturnType<typeof random.create>;

const editCount = 6_000;
const replicaCount = 20 * Math.floor(Math.sqrt(editCount));

/** Who edits, and how random they are. */
interface Editor {
  readonly numbers: Numbers;
  readonly document: LibraryDocument;
}

const shownText = (document: LibraryDocument): unknown => document.text();
const shownItems = (document: LibraryDocument): unknown => document.items();
const shownValue = (document: LibraryDocument): unknown => document.getKey('v');

const word = (numbers: Numbers, from: number, to: number): string => random.word(numbers, from, to);
const place = (numbers: Numbers, end: number): number => random.int32(numbers, 0, end);

/** Inserts a word somewhere, and then another or deletes some characters. */
function insertOrDelete({ numbers, document }: Editor, length: number): number {
  const at = place(numbers, length);
  if (at === length || random.bool(numbers)) {
    const text = word(numbers, 2, 10);
    document.insert(at, text);
    return length + text.length;
  }
  const count = random.int32(numbers, 1, Math.min(9, length - at));
  document.remove(at, count);
  return length - count;
}

/** Scenarios B1: what the one replica does, and what to compare. */
const alone: Readonly<Record<string, readonly [(editor: Editor) => void, typeof shownText]>> = {
  'B1.1 append characters': [
    ({ numbers, document }) => {
      for (let at = 0; at < editCount; at += 1) document.insert(at, word(numbers, 1, 1));
    },
    shownText,
  ],
  'B1.2 insert a text': [
    ({ numbers, document }) => document.insert(0, word(numbers, editCount, editCount)),
    shownText,
  ],
  'B1.3 prepend characters': [
    ({ numbers, document }) => {
      for (let count = 0; count < editCount; count += 1) document.insert(0, word(numbers, 1, 1));
    },
    shownText,
  ],
  'B1.4 insert characters anywhere': [
    ({ numbers, document }) => {
      for (let length = 0; length < editCount; length += 1) {
        document.insert(place(numbers, length), word(numbers, 1, 1));
      }
    },
    shownText,
  ],
  'B1.5 insert words anywhere': [
    ({ numbers, document }) => {
      for (let count = 0, length = 0; count < editCount; count += 1) {
        const text = word(numbers, 2, 10);
        document.insert(place(numbers, length), text);
        length += text.length;
      }
    },
    shownText,
  ],
  'B1.6 insert a text and delete it': [
    ({ numbers, document }) => {
      document.insert(0, word(numbers, editCount, editCount));
      document.remove(0, editCount);
    },
    shownText,
  ],
  'B1.7 insert and delete anywhere': [
    (editor) => {
      let length = 0;
      for (let count = 0; count < editCount; count += 1) length = insertOrDelete(editor, length);
    },
    shownText,
  ],
  'B1.8 append numbers': [
    ({ numbers, document }) => {
      for (let at = 0; at < editCount; at += 1) {
        document.insertItems(at, [random.uint32(numbers, 0, 2 ** 31 - 1)]);
      }
    },
    shownItems,
  ],
  'B1.9 insert a list of numbers': [
    ({ numbers, document }) => {
      const next = (): number => random.uint32(numbers, 0, 2 ** 31 - 1);
      document.insertItems(0, Array.from({ length: editCount }, next));
    },
    shownItems,
  ],
  'B1.10 prepend numbers': [
    ({ numbers, document }) => {
      for (let count = 0; count < editCount; count += 1) {
        document.insertItems(0, [random.uint32(numbers, 0, 2 ** 31 - 1)]);
      }
    },
    shownItems,
  ],
  'B1.11 insert numbers anywhere': [
    ({ numbers, document }) => {
      for (let length = 0; length < editCount; length += 1) {
        const at = place(numbers, length);
        document.insertItems(at, [random.uint32(numbers, 0, 2 ** 31 - 1)]);
      }
    },
    shownItems,
  ],
};

const initialLength = 100;

/** Scenarios B2: what each of the two does at the same time. */
const together: Readonly<Record<string, (editor: Editor) => void>> = {
  'B2.1 both insert a text': ({ numbers, document }) =>
    document.insert(0, word(numbers, editCount, editCount)),
  'B2.2 both insert characters anywhere': ({ numbers, document }) => {
    for (let count = 0; count < editCount; count += 1) {
      document.insert(place(numbers, initialLength + count), word(numbers, 1, 1));
    }
  },
  'B2.3 both insert words anywhere': ({ numbers, document }) => {
    for (let count = 0, length = initialLength; count < editCount; count += 1) {
      const text = word(numbers, 3, 9);
      document.insert(place(numbers, length), text);
      length += text.length;
    }
  },
  'B2.4 both insert and delete anywhere': (editor) => {
    const { numbers, document } = editor;
    for (let count = 0, length = initialLength; count < editCount; count += 1) {
      const text = word(numbers, 3, 9);
      document.insert(place(numbers, length), text);
      length = insertOrDelete(editor, length + text.length);
    }
  },
};

/** Scenarios B3: what the replica of a number does. */
const many: Readonly<
  Record<string, readonly [(document: LibraryDocument, replica: number) => void, typeof shownText]>
> = {
  'B3.1 many set a number': [(document, replica) => document.setKey('v', replica), shownValue],
  'B3.2 many set an object': [
    (document, replica) => {
      const value: Item = { name: String(replica), address: 'here' };
      document.setKey('v', value);
    },
    shownValue,
  ],
  'B3.3 many set a text': [
    (document, replica) => document.setKey('v', String(replica).repeat(replicaCount)),
    shownValue,
  ],
  'B3.4 many insert into a list': [
    (document, replica) => document.insertItems(0, [String(replica)]),
    shownItems,
  ],
  'B3.5 many insert into a text': [
    (document, replica) => document.insert(0, String(replica)),
    shownText,
  ],
};

/** The names of all, in the order of the original. */
export const scenarioNames: readonly string[] = [
  ...Object.keys(alone),
  ...Object.keys(together),
  ...Object.keys(many),
];

/** Measures one scenario. @throws Error if replicas end up different. */
export function scenario(library: DocumentLibrary, name: string): Sample {
  const [editAlone, showAlone] = alone[name] ?? [];
  if (editAlone !== undefined && showAlone !== undefined) {
    return measureAlone(library, editAlone, showAlone);
  }
  const editTogether = together[name];
  if (editTogether !== undefined) return measureTogether(library, editTogether);
  const [editOnce, showMany] = many[name] ?? [];
  if (editOnce === undefined || showMany === undefined) throw new Error(`no scenario ${name}`);
  return measureMany(library, editOnce, showMany);
}

function measureAlone(
  library: DocumentLibrary,
  edit: (editor: Editor) => void,
  show: typeof shownText,
): Sample {
  const updates: Uint8Array[] = [];
  const document = library.create(0, (update) => void updates.push(update));
  const other = library.create(1);
  const cpuMs = cpuMsOf(() => {
    edit({ numbers: random.create(42), document });
    for (const update of updates) other.apply(update);
    expectEqual(show(document), show(other));
  });
  return sampleOf(library, cpuMs, updates, { document, show });
}

function measureTogether(library: DocumentLibrary, edit: (editor: Editor) => void): Sample {
  const numbers = random.create(42);
  const updates: Uint8Array[][] = [[], []];
  const [left, right] = updates.map((own, replica) =>
    library.create(replica, (update) => void own.push(update)),
  );
  if (left === undefined || right === undefined) throw new Error('replicas: expected two');
  left.insert(0, word(numbers, initialLength, initialLength));
  right.applyAll(updates[0]?.splice(0) ?? []);
  const cpuMs = cpuMsOf(() => {
    for (const document of [left, right]) document.transact(() => edit({ numbers, document }));
    left.applyAll(updates[1] ?? []);
    right.applyAll(updates[0] ?? []);
    expectEqual(left.text(), right.text());
  });
  return sampleOf(library, cpuMs, updates.flat(), { document: left, show: shownText });
}

function measureMany(
  library: DocumentLibrary,
  edit: (document: LibraryDocument, replica: number) => void,
  show: typeof shownText,
): Sample {
  const updates = Array.from({ length: replicaCount }, (_, replica) => {
    const own: Uint8Array[] = [];
    const document = library.create(replica, (update) => void own.push(update));
    edit(document, replica);
    return own;
  }).flat();
  const document = library.create(replicaCount);
  const cpuMs = cpuMsOf(() => {
    document.applyAll(updates);
    show(document);
  });
  return sampleOf(library, cpuMs, updates, { document, show });
}

interface Shown {
  readonly document: LibraryDocument;
  readonly show: typeof shownText;
}

function sampleOf(
  library: DocumentLibrary,
  cpuMs: number,
  updates: readonly Uint8Array[],
  { document, show }: Shown,
): Sample {
  const bytes = Uint8Array.from(document.save());
  let loaded: LibraryDocument | undefined;
  const loadMs = cpuMsOf(() => {
    loaded = library.load(bytes, replicaCount + 1);
    show(loaded);
  });
  if (loaded !== undefined) expectEqual(show(loaded), show(document));
  return {
    CPU: cpuMs,
    'bytes per update': updates.reduce((sum, { length }) => sum + length, 0) / updates.length,
    size: bytes.length,
    'CPU of load': loadMs,
  };
}

function expectEqual(left: unknown, right: unknown): void {
  const [one, other] = [left, right].map((value) => JSON.stringify(value));
  if (one !== other) throw new Error('replicas: expected equal ones');
}
