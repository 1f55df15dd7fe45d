/**
 * What clients of real nodes see while these are killed, stopped and cut off from each other. Goal:
 * reads by index and conditional writes are linearizable, and the same method catches reads that
 * are not. Method: clients ask all nodes as fast as they answer, and what they see is recorded; a
 * script of faults goes on when enough was answered, not when time has passed; in the end every
 * node tells the end of every key.
 */
import { checkSync } from '@quorate/linearizability';
import { seededRandom } from '@quorate/transport/system';
import { afterEach, describe, expect, test } from 'vitest';

import { configModel } from '../src/check/config-model.ts';
import { expectLinearizable } from './support/expect-linearizable.ts';
import { FaultLane } from './support/fault-lane.ts';
import { RealDemo } from './support/real-demo.ts';
import { type Done, RecordedClients } from './support/recorded-clients.ts';

const isWindows = process.platform === 'win32';
const clientCount = 8;

const answeredBy =
  (id: string) =>
  ({ node, output }: Done): boolean =>
    node === id && output !== undefined;

let demo: RealDemo | undefined;
let clients: RecordedClients | undefined;

afterEach(async () => {
  clients?.close();
  await demo?.dispose();
  demo = undefined;
});

describe.skipIf(isWindows)('what clients of real nodes see', () => {
  test('is linearizable with reads by index', { timeout: 120_000 }, async () => {
    demo = await RealDemo.start();
    clients = new RecordedClients(demo.nodes, 'index', seededRandom(1));
    const lane = new FaultLane(() => performance.now());
    clients.start(clientCount);
    await clients.more(100);

    const killed = await demo.leader();
    let end = lane.begin(`SIGKILL ${killed.id}`);
    await demo.act(`nodes/${killed.id}/kill`);
    await clients.more(100);
    await demo.act(`nodes/${killed.id}/restart`);
    end();
    await clients.more(30, answeredBy(killed.id));

    const paused = await demo.leader();
    end = lane.begin(`SIGSTOP ${paused.id}`);
    await demo.act(`nodes/${paused.id}/pause`);
    await clients.more(100);
    await demo.act(`nodes/${paused.id}/resume`);
    end();
    await clients.more(30, answeredBy(paused.id));

    const alone = await demo.leader();
    const others = demo.nodes.map(({ id }) => id).filter((id) => id !== alone.id);
    end = lane.begin(`partition ${alone.id} | ${others.join()}`);
    await demo.act('partition', { groups: [[alone.id], others] });
    await clients.more(100);
    end();
    end = lane.begin(`partition ${others.join(' | ')}`);
    await demo.act('partition', { groups: others.map((id) => [id]) });
    await clients.more(100);
    await demo.act('heal');
    end();
    await clients.more(30, answeredBy(alone.id));

    await clients.stop();
    await clients.readLast();
    const { history, unpromised } = clients;
    expectLinearizable(history, lane.annotations);
    expect(unpromised).toEqual([]);
  });

  test('is not with stale reads of a node that is cut off', { timeout: 120_000 }, async () => {
    demo = await RealDemo.start();
    clients = new RecordedClients(demo.nodes, 'stale', seededRandom(1));
    const leader = await demo.leader();
    const alone = demo.nodes.find(({ id }) => id !== leader.id) ?? leader;
    const others = demo.nodes.map(({ id }) => id).filter((id) => id !== alone.id);
    clients.start(clientCount);
    await clients.more(100);
    await demo.act('partition', { groups: [[alone.id], others] });
    await clients.more(50, ({ output }) => output?.kind === 'written');
    await clients.more(10, answeredBy(alone.id));
    await clients.stop();
    // What is acknowledged on one side cannot be known on the other: nothing is left to chance.
    const condition = { kind: 'none' } as const;
    const put = { kind: 'put', key: 'last', value: 'w', condition } as const;
    await clients.insist('writer', leader, put);
    const read = await clients.insist('reader', alone, { kind: 'get', key: 'last' });
    expect(read.kind).toBe('absent');

    const { verdict, counterexample } = checkSync(configModel, clients.history);
    expect(verdict).toBe('not-linearizable');
    expect(counterexample?.operations.map(({ input }) => input.kind)).toContain('get');
    expect(clients.unpromised).toEqual([]);
  });
});
