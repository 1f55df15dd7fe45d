/*
 * A document as a file.
 *
 * A full file holds all that ever happened. If that is long compared with what it made, the state
 * is in it, too, and is believed as long as nobody asks for more: it opens without replaying. A
 * shallow file, see shallow-document.ts, holds the state at a version that all later events know,
 * and those.
 */
import type { History } from '../history/history.ts';
import { historyChunks } from '../history/history-file.ts';
import { corrupt } from '../wire/byte-reader.ts';
import { type Chunk, decodeChunks, encodeChunks } from '../wire/chunks.ts';
import type { DocumentState } from './document-state.ts';

/** The state with which a trimmed history begins. */
const BASE_CHUNK = 32;
/** The state that the whole history makes: may be skipped. */
const STATE_CHUNK = 96;

/** How much smaller a state must be than its history, to be worth its place in the file. */
const STATE_SHARE = 4;

const knownChunks: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ...historyChunks,
  BASE_CHUNK,
  STATE_CHUNK,
]);

/** The bytes of a document. */
export function saveDocument(history: History, state: DocumentState): Uint8Array {
  const { trimmedCount } = history;
  if (trimmedCount > 0) return trimmedDocument(history, trimmedCount, state.baseBytes);
  const chunks: Chunk[] = [...history.save({ trimmedCount, insertedText: 'written' })];
  const sizeBytes = chunks.reduce((sum, [, content]) => sum + content.length, 0);
  const made = state.stateBytes();
  if (STATE_SHARE * made.length <= sizeBytes) chunks.push([STATE_CHUNK, made]);
  return encodeChunks(chunks);
}

/** The bytes of a document without what the first `trimmedCount` events did, which is `base`. */
export function trimmedDocument(
  history: History,
  trimmedCount: number,
  base: Uint8Array,
): Uint8Array {
  return encodeChunks([
    [BASE_CHUNK, base],
    ...history.save({ trimmedCount, insertedText: 'written' }),
  ]);
}

/**
 * Fills an empty document from the bytes of one.
 *
 * @returns The updates that waited for their past, to be applied.
 * @throws CorruptBytesError if they are damaged, or none.
 */
export function loadDocument(
  history: History,
  state: DocumentState,
  bytes: Uint8Array,
  verify: true | undefined,
): readonly Uint8Array[] {
  const chunks = decodeChunks(bytes, knownChunks);
  const { trimmedCount, waiting } = history.load(chunks, 0);
  const { eventCount } = history.graph;
  if (trimmedCount > 0) {
    // What is kept of the file must not change.
    const base = (chunks.get(BASE_CHUNK) ?? new Uint8Array(0)).slice();
    state.begin({ bytes: base, eventCount: trimmedCount, isTrimmed: true });
    state.integrate(trimmedCount, eventCount);
    if (verify === true) history.verify();
    return waiting;
  }
  if (chunks.has(BASE_CHUNK)) throw corrupt('a trimmed history', 'a whole one');
  const made = chunks.get(STATE_CHUNK)?.slice();
  if (made !== undefined && verify !== true) {
    state.begin({ bytes: made, eventCount, isTrimmed: false });
    return waiting;
  }
  if (verify === true) history.verify();
  state.integrate(0, eventCount);
  if (made !== undefined && !isEqual(state.stateBytes(), made)) {
    throw corrupt('the state that its history makes', 'another');
  }
  return waiting;
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
