/*
 * Goal: what people really typed survives every way that bytes take, and is as small as it is said
 * to be. Method: the editing traces of josephg/editing-traces (CC BY 4.0), replayed through
 * documents, updates, files and shallow files.
 */

import { deflateRawSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { compress } from '../../src/adapters/compression.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { hasSharedData, sharedJson } from '../support/shared-data.ts';

/** Position, characters deleted, text inserted. */
type Patch = readonly [number, number, string];

interface Trace {
  readonly endContent: string;
  readonly txns: readonly {
    readonly parents?: readonly number[];
    readonly agent?: number;
    readonly patches: readonly Patch[];
  }[];
}

const nothing = new Uint8Array(0);

function edit(document: TextDocument, patches: readonly Patch[]): void {
  for (const [position, deleteCount, text] of patches) {
    document.delete(position, deleteCount);
    document.insert(position, text);
  }
}

describe.skipIf(!hasSharedData)('a paper, typed by one', () => {
  test('comes back from updates and files, within its sizes', { timeout: 60_000 }, async () => {
    const trace = sharedJson('editing-traces/sequential/automerge-paper') as Trace;
    const author = new TextDocument({ replicaId: 'AAAAAAAA' });
    const updates: Uint8Array[] = [];
    let sizeBytes = 0;
    author.onLocalUpdate((update) => {
      updates.push(update);
      sizeBytes += update.length;
    });
    for (const { patches } of trace.txns) edit(author, patches);
    expect(author.toString()).toBe(trace.endContent);
    expect(sizeBytes / updates.length).toBeLessThan(14);

    const reader = new TextDocument({ replicaId: 'reader' });
    reader.applyAll(updates);
    expect(reader.toString()).toBe(trace.endContent);
    expect(reader.encodeVersion()).toEqual(author.encodeVersion());

    const file = author.save();
    expect(deflateRawSync(file).length).toBeLessThan(71_000);
    expect((await compress(file)).length).toBeLessThan(71_000);
    const loaded = TextDocument.load(file, { replicaId: 'loaded' });
    expect(loaded.toString()).toBe(trace.endContent);
    loaded.insert(50_000, 'x');
    expect(loaded.updatesSince(author.encodeVersion())).toHaveLength(1);
    loaded.delete(50_000, 1);
    reader.applyAll(loaded.updatesSince(reader.encodeVersion()));
    expect(loaded.save()).toEqual(TextDocument.load(loaded.save(), { replicaId: 'x' }).save());
    // The text in the order of typing, which the file does not hold.
    expect(loaded.updatesSince(nothing)).toEqual(reader.updatesSince(nothing));

    const shallow = saveShallow(author);
    expect(shallow.length).toBeLessThan(trace.endContent.length + 200);
    expect(TextDocument.load(shallow, { replicaId: 'y' }).toString()).toBe(trace.endContent);
  });
});

describe.skipIf(!hasSharedData)('a text, typed by two at once', () => {
  test('comes back from updates in any order, and from files', { timeout: 60_000 }, () => {
    const trace = sharedJson('editing-traces/concurrent/friendsforever') as Trace;
    const updates = typedByAgents(trace);
    const forwards = new TextDocument({ replicaId: 'forwards' });
    for (const update of updates) forwards.apply(update);
    const backwards = new TextDocument({ replicaId: 'backwards' });
    for (const update of updates.toReversed()) backwards.apply(update);
    const chunks = new TextDocument({ replicaId: 'chunks' });
    for (const update of forwards.updatesSince(nothing, 1_000).reverse()) chunks.apply(update);
    const loaded = TextDocument.load(backwards.save(), { replicaId: 'loaded' });
    for (const document of [forwards, backwards, chunks, loaded]) {
      expect(document.toString()).toBe(trace.endContent);
      expect(document.waitingCount).toBe(0);
      expect(document.encodeVersion()).toEqual(forwards.encodeVersion());
    }
    expect(loaded.canonicalBytes()).toEqual(forwards.canonicalBytes());
  });
});

/** The updates of replicas that each know, at each edit, exactly what its author knew. */
function typedByAgents({ txns }: Trace): Uint8Array[] {
  const updates: Uint8Array[] = [];
  const agents = new Map<number, { document: TextDocument; known: Set<number> }>();
  for (const [index, { agent = 0, parents = [], patches }] of txns.entries()) {
    let replica = agents.get(agent);
    if (replica === undefined) {
      const document = new TextDocument({ replicaId: `agent${agent}` });
      document.onLocalUpdate((update) => updates.push(update));
      replica = { document, known: new Set() };
      agents.set(agent, replica);
    }
    const { document, known } = replica;
    const missing: number[] = [];
    const open = [...parents];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (known.has(at)) continue;
      known.add(at);
      missing.push(at);
      open.push(...(txns[at]?.parents ?? []));
    }
    document.applyAll(missing.sort((left, right) => left - right).map((at) => updates[at]!));
    document.transact(() => edit(document, patches));
    known.add(index);
  }
  return updates;
}
