/**
 * Many boards on a node and its peer. Goal: what is open is bounded, whatever there is, and nobody
 * can tell which boards rest. Method: hosts without the rest of the node, in virtual time.
 */
import { Simulation } from '@quorate/simulation';
import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { perform } from '../../../src/board/board.ts';
import { OPEN_MAX } from '../../../src/board/boards-in-use.ts';
import { BoardHost, type HostedBoard } from '../../../src/node/boards/board-host.ts';

const [n1, n2] = [nodeId('n1'), nodeId('n2')];
const boardIds = Array.from({ length: 2 * OPEN_MAX }, (_, number) => `b-${number}`);

class Hosts {
  readonly simulation = new Simulation({ seed: 1 });
  readonly #hosts = new Map<string, BoardHost>();
  readonly errors: string[] = [];

  constructor() {
    for (const id of [n1, n2]) {
      this.simulation.addNode(id, async ({ transport, clock, random, disk }) => {
        const host = await BoardHost.open({
          ...{ transport, clock, random, disk, peers: [n1, n2] },
          keeps: () => true,
          onHold: () => undefined,
          onError: (boardId, error) => this.errors.push(`${boardId}: ${String(error)}`),
        });
        this.#hosts.set(id, host);
        return { stop: () => host.close() };
      });
    }
  }

  host(id: string): BoardHost {
    const host = this.#hosts.get(id);
    if (host === undefined) throw new Error(`${id} does not run`);
    return host;
  }

  /** Lets time pass until `work` is done. */
  async done<Result>(work: Promise<Result>): Promise<Result> {
    let outcome: { readonly result: Result } | undefined;
    void work.then((result) => {
      outcome = { result };
    });
    await this.simulation.runUntil(() => outcome !== undefined, 60_000);
    if (outcome === undefined) throw new Error('not done in 60 s');
    return outcome.result;
  }
}

test('so many boards are open and no more; resting ones are read, edited and kept', async () => {
  const hosts = new Hosts();
  await hosts.simulation.run(1_000);
  for (const id of [n1, n2]) {
    for (const boardId of boardIds) await hosts.done(hosts.host(id).hold(boardId));
  }
  const edit = async (id: string, boardId: string, text: string): Promise<void> => {
    const copy = await hosts.host(id).hold(boardId);
    perform(copy.board, { kind: 'insertNotes', position: 0, text });
    await copy.flushed();
  };
  for (const boardId of boardIds) await hosts.done(edit(n1, boardId, 'one '));
  await hosts.simulation.run(5_000);
  for (const id of [n1, n2]) expect(hosts.host(id).openCount).toBe(OPEN_MAX);

  // The peer's copies rest, too, and some of the edited ones.
  for (const boardId of boardIds) await hosts.done(edit(n2, boardId, 'two '));
  await hosts.simulation.run(15_000);
  for (const id of [n1, n2]) {
    const host = hosts.host(id);
    expect(host.openCount).toBe(OPEN_MAX);
    for (const boardId of boardIds) {
      expect(JSON.parse(host.textOf(boardId) ?? '')).toMatchObject({ notes: 'two one ' });
      expect(host.coverage(boardId)).toEqual([id === n1 ? n2 : n1]);
    }
  }

  hosts.simulation.crash(n1);
  hosts.simulation.restart(n1);
  await hosts.simulation.run(5_000);
  expect(hosts.host(n1).boardIds.toSorted()).toEqual(boardIds.toSorted());
  expect(hosts.host(n1).openCount).toBe(OPEN_MAX);
  expect(hosts.host(n1).textOf('b-0')).toBe(hosts.host(n2).textOf('b-0'));
  expect(hosts.errors).toEqual([]);
});

test('a board that is given up and asked for at once begins anew', async () => {
  const hosts = new Hosts();
  await hosts.simulation.run(1_000);
  const host = hosts.host(n1);
  const copy = await hosts.done(host.hold('b-1'));
  perform(copy.board, { kind: 'insertNotes', position: 0, text: 'gone' });
  await hosts.done(copy.flushed());
  const leaveAndReturn = async (): Promise<HostedBoard> => {
    const leaving = host.release('b-1');
    await Promise.resolve();
    const again = await host.hold('b-1');
    await leaving;
    return again;
  };
  expect((await hosts.done(leaveAndReturn())).board.eventCount).toBe(0);
  expect(hosts.errors).toEqual([]);
});
