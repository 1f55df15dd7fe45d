import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { eventStream } from '../../src/event-stream.ts';
import type { ClusterView, NodeView, PageEvent } from '../../src/supervisor/cluster-view.ts';
import { NodeSilentError } from '../../src/supervisor/controlled-cluster.ts';
import { followTraces } from '../../src/supervisor/follow-traces.ts';
import { Broadcast } from '../../src/supervisor/supervisor-events.ts';
import { nodeView } from '../support/node-view.ts';

const totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };
const viewOf = (nodes: readonly NodeView[]): ClusterView => ({
  ...{ nodes, leaderId: null, groups: [], dataDirectory: '' },
  load: { ratePerSecond: 0, totals },
});

/** A node that has run for so long. */
function node(id: string, uptimeMs: number): NodeView {
  const { status, ...view } = nodeView(id);
  return { ...view, status: status && { ...status, uptimeMs } };
}

const pageEvents = new Broadcast<PageEvent>();
/** The process behind each name: its streams say which it is, and one that is gone says nothing. */
const processes = new Map<string, { name: string; tell: (event: unknown) => void }>();
/** Streams that were ended from this side. */
const left: string[] = [];
let view: ClusterView;
let heard: string[];
let stop: () => void;

function show(nodes: readonly NodeView[]): void {
  view = viewOf(nodes);
  pageEvents.publish({ kind: 'view', view });
}

function start(id: string, name: string): void {
  processes.set(id, { name, tell: () => undefined });
}

/** Lets each process say its name until `name` is heard. */
async function hears(name: string): Promise<void> {
  await vi.waitFor(() => {
    for (const { name: said, tell } of processes.values()) tell(said);
    expect(heard).toContain(`"${name}"`);
  }, 10_000);
}

beforeEach(() => {
  heard = [];
  left.length = 0;
  processes.clear();
  start('n1', 'n1 first');
  view = viewOf([node('n1', 10)]);
  stop = followTraces(
    {
      pageEvents,
      view: () => view,
      openStream: (id, _path, signal) => {
        const found = processes.get(id);
        if (found === undefined) return Promise.reject(new NodeSilentError('down'));
        const { name } = found;
        return Promise.resolve(
          eventStream(signal, (send) => {
            found.tell = send;
            return () => left.push(name);
          }),
        );
      },
    },
    (text) => heard.push(text),
  );
});

afterEach(() => stop());

test('a node that joins later is followed from then on, and one that left no more', async () => {
  await hears('n1 first');
  start('n2', 'n2 first');
  show([node('n1', 20), node('n2', 1)]);
  await hears('n2 first');
  show([node('n2', 2)]);
  await vi.waitFor(() => expect(left).toContain('n1 first'));
});

test('a node that was restarted is followed anew, though its old stream never ended', async () => {
  await hears('n1 first');
  start('n1', 'n1 second');
  show([node('n1', 5)]);
  await hears('n1 second');
  expect(left).toContain('n1 first');
});

test('a node that is down is asked again until it is there', async () => {
  show([node('n1', 20), { ...nodeView('n2'), status: null }]);
  await hears('n1 first');
  start('n2', 'n2 late');
  await hears('n2 late');
});

test('nobody is followed in the end', async () => {
  await hears('n1 first');
  stop();
  await vi.waitFor(() => expect(left).toContain('n1 first'));
  expect(pageEvents.audienceCount).toBe(0);
});
