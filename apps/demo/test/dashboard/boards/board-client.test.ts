/**
 * Clients of boards against nodes that are a document each, in a time that a test turns on: what
 * is sent when, what comes back after being offline, and what is done when updates build on others
 * that are not there.
 */
import type { Clock } from '@quorate/transport';
import { expect, test } from 'vitest';

import {
  type BoardAccess,
  BoardClient,
  type BoardWatcher,
  type Problem,
} from '../../../src/dashboard/boards/board-client.ts';
import { toBase64 } from '../../../src/base64.ts';
import { FakeBoardNode } from '../../support/fake-board-node.ts';

/** Time that stands still until it is told to go on. */
class ManualClock implements Clock {
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallTimeMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void) {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return { cancel: () => (this.#timers = this.#timers.filter((each) => each !== timer)) };
  }

  /** Runs what is due within `ms`, and all that follows from it. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const due = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined || due.atMs > untilMs) break;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.#nowMs = due.atMs;
      due.callback();
    }
    this.#nowMs = untilMs;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

const unconfirmed: Problem = { code: 'unconfirmed', detail: 'on one disk', indefinite: true };

function setUp() {
  const clock = new ManualClock();
  const node = new FakeBoardNode();
  const [ann, bob] = ['ann', 'bob'].map(
    (replicaId) => new BoardClient({ access: node.access(), replicaId, clock }),
  );
  ann!.goOnline();
  bob!.goOnline();
  return { clock, node, ann: ann!, bob: bob! };
}

test('what one client does is confirmed, and arrives at the other', async () => {
  const { clock, node, ann, bob } = setUp();
  ann.board.root.title = 'Checkout is down';
  expect(ann.state).toMatchObject({ pendingCount: 1, delivery: { kind: 'sending' } });
  await clock.pass(0);
  expect(ann.state).toEqual({
    ...{ connection: 'live', problem: undefined, pendingCount: 0, waitingCount: 0 },
    delivery: { kind: 'confirmed', copies: 2 },
  });
  expect(bob.board.root.title).toBe('Checkout is down');
  expect(bob.digest).toBe(ann.digest);
  // What came from the node is not sent back to it.
  bob.board.root.affected.add(1);
  await clock.pass(0);
  expect(node.sent.length).toBe(2);
  expect(node.sent[1]!.length).toBeLessThan(60);
});

test('edits that are made offline wait, and both sides converge', async () => {
  const { clock, node, ann, bob } = setUp();
  ann.goOffline();
  bob.goOffline();
  ann.board.root.status = 'identified';
  ann.board.root.notes.insert(0, 'from ann');
  bob.board.root.status = 'monitoring';
  await clock.pass(60_000);
  expect(ann.state).toMatchObject({ connection: 'offline', pendingCount: 2 });
  expect(node.sent.length).toBe(0);
  expect(ann.digest).not.toBe(bob.digest);
  ann.goOnline();
  bob.goOnline();
  await clock.pass(0);
  expect(ann.state).toMatchObject({ connection: 'live', pendingCount: 0 });
  expect(ann.digest).toBe(bob.digest);
  expect(bob.board.root.notes.toString()).toBe('from ann');
});

test('an edit that is on one disk is sent again until it is confirmed', async () => {
  const { clock, node, ann } = setUp();
  node.refusal = unconfirmed;
  ann.board.root.affected.add(10);
  await clock.pass(0);
  expect(ann.state).toMatchObject({ delivery: { kind: 'unconfirmed' }, pendingCount: 1 });
  // It waits before it tries again, and longer each time.
  ann.board.root.affected.add(1);
  await clock.pass(0);
  expect(node.sent.length).toBe(1);
  await clock.pass(1_600);
  expect(node.sent.length).toBe(1 + 1 + 1);
  node.refusal = undefined;
  ann.retry();
  await clock.pass(0);
  expect(ann.state).toMatchObject({
    delivery: { kind: 'confirmed', copies: 2 },
    pendingCount: 0,
  });
  // However often it came.
  expect(node.board.root.affected.value).toBe(11);
});

test('an owner that lacks the past of an edit is sent it', async () => {
  const { clock, node, ann } = setUp();
  ann.board.root.title = 'one';
  await clock.pass(0);
  // The next owner has not heard of that yet.
  const other = new FakeBoardNode();
  ann.use(other.access('n2'));
  ann.board.root.title = 'two';
  expect(ann.nodeId).toBe('n2');
  await clock.pass(0);
  expect(other.board.root.title).toBe('two');
  expect(other.board.waitingCount).toBe(0);
  expect(ann.state).toMatchObject({ pendingCount: 0, delivery: { kind: 'confirmed' } });
  expect(node.board.root.title).toBe('one');
});

test('an update that waits for its past makes a client ask for it', async () => {
  const { clock, node, ann, bob } = setUp();
  await clock.pass(0);
  node.isSilent = true;
  ann.board.root.notes.insert(0, 'lost on the way');
  await clock.pass(0);
  node.isSilent = false;
  expect(bob.board.root.notes.toString()).toBe('');
  ann.board.root.notes.insert(0, 'Not ');
  await clock.pass(0);
  expect(bob.board.root.notes.toString()).toBe('Not lost on the way');
  expect(bob.state.waitingCount).toBe(0);
});

test('what could not be asked for is asked for again', async () => {
  const { clock, node, ann, bob } = setUp();
  const answers = node.access('n2');
  let isRefused = true;
  bob.use({
    ...answers,
    // It hears nothing by itself.
    watch: (_since, watcher) => {
      watcher.opened();
      return () => undefined;
    },
    sync: (since) =>
      isRefused ? Promise.resolve({ kind: 'problem', problem: unconfirmed }) : answers.sync(since),
  });
  ann.board.root.title = 'kept';
  await clock.pass(100);
  expect(bob.state.problem).toEqual(unconfirmed);
  isRefused = false;
  await clock.pass(10_000);
  expect(bob.state.problem).toBeUndefined();
  expect(bob.board.root.title).toBe('kept');
});

test('a client whose node goes away comes back by itself', async () => {
  const { clock, node, ann } = setUp();
  node.crash();
  expect(ann.state).toMatchObject({ connection: 'lost', problem: { code: 'unreachable' } });
  ann.board.root.title = 'kept';
  await clock.pass(20_000);
  expect(ann.state).toMatchObject({ connection: 'lost', delivery: { kind: 'failed' } });
  node.isUp = true;
  await clock.pass(10_000);
  expect(ann.state).toMatchObject({ connection: 'live', pendingCount: 0, problem: undefined });
  expect(node.board.root.title).toBe('kept');
});

test('damaged news is said, and changes nothing', async () => {
  const { clock, ann } = setUp();
  await clock.pass(0);
  const access: BoardAccess = {
    ...new FakeBoardNode().access(),
    watch: (_since, watcher) => {
      watcher.news(['AAAA', 'not base64!']);
      return () => undefined;
    },
  };
  ann.use(access);
  expect(ann.state.problem).toMatchObject({ code: 'damaged' });
  expect(JSON.stringify(ann.board)).toBe('{}');
});

test('a long day offline goes out in parts', async () => {
  const { clock, node, ann } = setUp();
  ann.goOffline();
  for (let line = 0; line < 100; line += 1) {
    const text = Array.from({ length: 2_000 }, (_, at) =>
      String.fromCharCode(97 + ((at * line) % 26)),
    );
    ann.board.root.notes.insert(0, text.join(''));
  }
  ann.goOnline();
  await clock.pass(0);
  expect(node.sent.length).toBeGreaterThan(1);
  expect(Math.max(...node.sent.map(({ length }) => length))).toBeLessThanOrEqual(64 * 1_024);
  expect(node.board.root.notes.length).toBe(200_000);
  expect(ann.state.pendingCount).toBe(0);
});

test('a client that is closed says and does nothing any more', async () => {
  const { clock, node, ann } = setUp();
  let count = 0;
  ann.onChange(() => (count += 1));
  ann.close();
  ann.board.root.title = 'nobody knows';
  node.board.root.title = 'nobody hears';
  node.tell();
  await clock.pass(10_000);
  expect(count).toBe(0);
  expect(node.sent.length).toBe(0);
});

test('what an earlier connection still says counts no more', async () => {
  const { clock, node, ann } = setUp();
  const watchers: BoardWatcher[] = [];
  ann.use({
    ...node.access('n2'),
    watch: (_since, watcher) => {
      watchers.push(watcher);
      return () => undefined;
    },
  });
  ann.goOffline();
  node.board.root.title = 'too late';
  watchers[0]?.news(node.board.updatesSince(new Uint8Array()).map(toBase64));
  watchers[0]?.opened();
  watchers[0]?.ended(unconfirmed);
  await clock.pass(10_000);
  expect(ann.state).toMatchObject({ connection: 'offline', problem: undefined });
  expect(JSON.stringify(ann.board)).toBe('{}');
});
