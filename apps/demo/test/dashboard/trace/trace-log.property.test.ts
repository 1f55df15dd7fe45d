import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isLost, relationTo, TraceLog } from '../../../src/dashboard/trace/trace-log.ts';
import type { TraceEntry } from '../../../src/observe/trace.ts';

const ids = ['n1', 'n2', 'n3'] as const;
type Id = (typeof ids)[number];

interface Flight {
  readonly from: Id;
  readonly to: Id;
  readonly send: TraceEntry;
}

/** Three nodes with vector clocks and links that keep the order, and may lose. */
class Nodes {
  /** In the order in which they happened. */
  readonly entries: TraceEntry[] = [];
  /** Which receipt belongs to which message. */
  readonly truth = new Map<TraceEntry, TraceEntry>();
  #flights: Flight[] = [];
  readonly #clocks = new Map<Id, Record<string, number>>(ids.map((id) => [id, {}]));

  send(from: Id, to: Id, sizeBytes: number): void {
    const send = this.#happen(from, 'send', to, sizeBytes, {});
    this.#flights.push({ from, to, send });
  }

  /** Ends the flight of the first message of a link. */
  arrive(from: Id, to: Id, isKept: boolean): void {
    const flight = this.#flights.find((each) => each.from === from && each.to === to);
    if (!flight) return;
    this.#flights = this.#flights.filter((each) => each !== flight);
    if (!isKept) return;
    const { sizeBytes, clock } = flight.send;
    this.truth.set(this.#happen(to, 'receive', from, sizeBytes, clock), flight.send);
  }

  #happen(
    node: Id,
    kind: 'send' | 'receive',
    peer: Id,
    sizeBytes: number,
    heard: Readonly<Record<string, number>>,
  ): TraceEntry {
    const clock = { ...this.#clocks.get(node) };
    for (const [life, count] of Object.entries(heard)) {
      clock[life] = Math.max(clock[life] ?? 0, count);
    }
    const process = `${node}.x`;
    clock[process] = (clock[process] ?? 0) + 1;
    this.#clocks.set(node, clock);
    const entry = {
      ...{ node, kind, peer, protocol: 'raft', type: 'append', sizeBytes, process, clock },
      ...{ wallMs: this.entries.length, counter: 0 },
    };
    this.entries.push(entry);
    return entry;
  }
}

const node = fc.constantFrom(...ids);
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('send', 'send', 'arrive', 'arrive', 'lose'),
    ...{ from: node, to: node, sizeBytes: fc.integer({ min: 1, max: 2 }) },
  }),
  { maxLength: 120, size: 'max' },
);

type Steps = typeof steps extends fc.Arbitrary<infer Of> ? Of : never;

function played(script: Steps): Nodes {
  const nodes = new Nodes();
  for (const { what, from, to, sizeBytes } of script) {
    if (from === to) continue;
    if (what === 'send') nodes.send(from, to, sizeBytes);
    else nodes.arrive(from, to, what === 'arrive');
  }
  return nodes;
}

/** The log after all nodes have told what happened, each in windows of its own. */
function logOf({ entries }: Nodes, windowMs: number): TraceLog {
  const log = new TraceLog();
  for (let startMs = 0; startMs < entries.length; startMs += windowMs) {
    const window = entries.slice(startMs, startMs + windowMs);
    for (const id of ids) log.add(window.filter((entry) => entry.node === id));
  }
  return log;
}

describe('receipts', () => {
  test('find their message, if nothing is lost', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 }), (script, windowMs) => {
        const nodes = played(script.filter(({ what }) => what !== 'lose'));
        for (const { entry, partner } of logOf(nodes, windowMs).events) {
          if (entry.kind !== 'receive' || partner === undefined) continue;
          expect(partner.entry).toBe(nodes.truth.get(entry));
        }
      }),
    );
  });

  test('are never given to a message that another one has, whatever is lost', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 }), (script, windowMs) => {
        const log = logOf(played(script), windowMs);
        for (const event of log.events) {
          if (event.partner === undefined) continue;
          expect(event.partner.partner).toBe(event);
          const [send, receipt] =
            event.entry.kind === 'send' ? [event, event.partner] : [event.partner, event];
          expect(relationTo(receipt, send)).toBe('past');
          expect(receipt.entry.peer).toBe(send.entry.node);
        }
      }),
    );
  });
});

test('a receipt that tells of a newer event belongs to that one, not to one that was lost', () => {
  const nodes = new Nodes();
  nodes.send('n2', 'n3', 1);
  nodes.send('n1', 'n2', 1);
  nodes.arrive('n1', 'n2', false);
  nodes.send('n1', 'n2', 1);
  nodes.arrive('n1', 'n2', true);
  const [, lost, kept, received] = logOf(nodes, 10).events.toSorted((a, b) => a.atMs - b.atMs);
  expect(received?.entry.kind).toBe('receive');
  expect(received?.partner).toBe(kept);
  expect(lost?.partner).toBeUndefined();
});

describe('relations', () => {
  test('are those of happening before', () => {
    const nodes = new Nodes();
    nodes.send('n2', 'n3', 1);
    nodes.send('n1', 'n2', 1);
    nodes.arrive('n1', 'n2', true);
    nodes.send('n3', 'n1', 1);
    const [, sent, received, elsewhere] = logOf(nodes, 1).events;
    if (!sent || !received || !elsewhere) throw new Error('expected three events');
    expect(received.partner).toBe(sent);
    expect(relationTo(received, sent)).toBe('past');
    expect(relationTo(sent, received)).toBe('future');
    expect(relationTo(sent, elsewhere)).toBe('concurrent');
    expect(relationTo(sent, sent)).toBe('same');
  });
});

test('a message that never arrives is lost after a while, one that was refused at once', () => {
  const nodes = new Nodes();
  nodes.send('n1', 'n2', 1);
  const log = new TraceLog();
  const [entry] = nodes.entries;
  if (!entry) throw new Error('expected an entry');
  log.add([entry, { ...entry, kind: 'drop' }]);
  const [send, drop] = log.events;
  if (!send || !drop) throw new Error('expected two events');
  expect(isLost(send, 500)).toBe(false);
  expect(isLost(send, 1_500)).toBe(true);
  expect(isLost(drop, 0)).toBe(true);
});

test('the log keeps the newest events only', () => {
  const log = new TraceLog();
  const nodes = new Nodes();
  nodes.send('n1', 'n2', 1);
  const [entry] = nodes.entries;
  if (!entry) throw new Error('expected an entry');
  const many = Array.from({ length: 5_000 }, (_, wallMs) => ({ ...entry, wallMs }));
  for (let round = 0; round < 6; round += 1) log.add(many);
  expect(log.events.length).toBeLessThanOrEqual(24_000);
});
