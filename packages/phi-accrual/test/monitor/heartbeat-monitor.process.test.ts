/*
 * Goal: over real TCP, a process that was stopped by SIGSTOP is suspected by the others and trusted
 * again once it goes on, and suspects nobody itself although it missed as much as they did; one
 * that was killed by SIGKILL is suspected and stays so.
 *
 * Method: three processes that watch each other. Nothing is timed: what happens is awaited, and how
 * long a stop lasts is counted in heartbeats of another process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import type { MonitorEvent } from '../../src/monitor/events.ts';
import type { NodeMessage } from '../support/monitor-process.ts';

type Address = Extract<NodeMessage, { readonly kind: 'listening' }>['address'];

const program = join(import.meta.dirname, '../support/monitor-process.ts');
const children: ChildProcess[] = [];

/** One of the three, and all that it has said. */
class WatchingProcess {
  readonly child: ChildProcess;
  readonly events: MonitorEvent[] = [];
  address: Address | undefined;
  sentCount = 0;
  heardCount = 0;
  #onMessage = (): void => undefined;

  constructor(id: string) {
    this.child = fork(program, [id], { execArgv: ['--conditions=@quorate/source'] });
    children.push(this.child);
    this.child.on('message', (message: NodeMessage) => {
      if (message.kind === 'listening') this.address = message.address;
      else if (message.kind === 'event') this.events.push(message.event);
      else ({ sentCount: this.sentCount, heardCount: this.heardCount } = message);
      this.#onMessage();
    });
  }

  /** When `condition` holds, looked at after each message. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      this.#onMessage = () => {
        if (condition()) resolve();
      };
    });
  }

  /** What it said about `peer` last: nothing yet, or a kind of event. */
  opinionOf(peer: string): string | undefined {
    return this.events.findLast((event) => isOpinion(event) && event.peer === peer)?.kind;
  }
}

function isOpinion(
  event: MonitorEvent,
): event is Extract<MonitorEvent, { readonly kind: 'suspected' | 'trusted' }> {
  return event.kind === 'suspected' || event.kind === 'trusted';
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('the stopped are suspected and trusted again, the killed are suspected', async () => {
  const ids = ['a', 'b', 'c'] as const;
  const started = ids.map((id) => [id, new WatchingProcess(id)] as const);
  for (const [, each] of started) await each.until(() => each.address !== undefined);
  for (const [id, each] of started) {
    const others = started.filter(([other]) => other !== id);
    each.child.send({
      peers: Object.fromEntries(others.map(([key, { address }]) => [key, address])),
    });
  }
  const nodes = Object.fromEntries(started);
  const { a, b, c } = nodes;
  if (a === undefined || b === undefined || c === undefined) throw new Error('expected three');
  for (const [id, each] of started) {
    const isKnown = (other: string): boolean => each.opinionOf(other) === 'trusted';
    await each.until(() => ids.every((other) => other === id || isKnown(other)));
  }

  b.child.kill('SIGSTOP');
  await c.until(() => c.opinionOf('b') === 'suspected');
  await a.until(() => a.opinionOf('b') === 'suspected');
  // A second more: by now b would suspect both, had it not been away itself.
  const { sentCount } = c;
  await c.until(() => c.sentCount >= sentCount + 20);
  const { heardCount } = b;
  b.child.kill('SIGCONT');
  await a.until(() => a.opinionOf('b') === 'trusted');
  await c.until(() => c.opinionOf('b') === 'trusted');
  await b.until(() => b.heardCount >= heardCount + 50);
  expect(b.events.filter(({ kind }) => kind === 'suspected')).toEqual([]);
  expect(b.events.some(({ kind }) => kind === 'paused')).toBe(true);

  a.child.kill('SIGKILL');
  await b.until(() => b.opinionOf('a') === 'suspected');
  await c.until(() => c.opinionOf('a') === 'suspected');
  expect(b.opinionOf('c')).toBe('trusted');
  expect(c.opinionOf('b')).toBe('trusted');
});
