import { Simulation } from '@quorate/simulation';
import { createRequester, type NodeId, nodeId, type Requester } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { RaftNode } from '../../../src/raft-node.ts';
import type { CallOutcome } from '../../../src/sessions/call-outcome.ts';
import { SessionClient } from '../../../src/sessions/node/session-client.ts';
import { requesterPort } from '../../../src/sessions/node/session-port.ts';
import { SessionServer } from '../../../src/sessions/node/session-server.ts';
import { SessionMachine } from '../../../src/sessions/session-machine.ts';
import { Ledger } from '../../support/ledger.ts';

const encoder = new TextEncoder();

interface Member {
  readonly node: RaftNode;
  readonly machine: SessionMachine;
  readonly ledger: Ledger;
}

/** Three nodes that serve sessions, and a client on a machine of its own. */
class Fixture {
  readonly simulation: Simulation = new Simulation({
    seed: 3,
    network: { maxPayloadBytes: 65_536 },
  });
  readonly members: Map<NodeId, Member> = new Map<NodeId, Member>();
  readonly voters: readonly NodeId[] = ['n1', 'n2', 'n3'].map((name) => nodeId(name));
  client: SessionClient | undefined;
  requester: Requester | undefined;

  constructor(ttlMs = 5_000) {
    for (const id of this.voters) {
      this.simulation.addNode(id, async (environment) => {
        const { transport, clock, random, disk } = environment;
        const ledger = new Ledger();
        const machine = new SessionMachine(ledger, { ttlMs });
        const node = await RaftNode.open({
          ...{ transport, clock, random, disk, directory: 'raft', voters: this.voters },
          stateMachine: machine,
          snapshotEveryEntries: 10,
        });
        const requester = createRequester(transport, clock);
        new SessionServer({ node, machine, clock }).serve(requester);
        this.members.set(id, { node, machine, ledger });
        return { stop: () => node.close() };
      });
    }
    this.simulation.addNode(nodeId('client'), ({ transport, clock, random }) => {
      this.requester = createRequester(transport, clock);
      const port = requesterPort(this.requester);
      this.client = new SessionClient({ port, nodeIds: this.voters, clock, random });
      return Promise.resolve({ stop: () => this.client?.close() ?? Promise.resolve() });
    });
  }

  get leaderId(): NodeId | undefined {
    return this.voters.find((id) => this.members.get(id)?.node.status().role === 'leader');
  }

  async call(text: string): Promise<CallOutcome | undefined> {
    const { simulation } = this;
    await simulation.runUntil(() => this.client !== undefined, 1_000);
    const outcomes: CallOutcome[] = [];
    void this.client?.call(encoder.encode(text)).then((outcome) => outcomes.push(outcome));
    await simulation.runUntil(() => outcomes.length > 0, 30_000);
    return outcomes[0];
  }

  /** What all nodes that run hold, once they agree. */
  async lines(): Promise<readonly string[]> {
    const logs = (): readonly string[] => [
      ...new Set([...this.members.values()].map(({ ledger }) => ledger.lines.join(' '))),
    ];
    expect(await this.simulation.runUntil(() => logs().length === 1, 30_000)).toBe(true);
    return logs()[0]?.split(' ') ?? [];
  }
}

describe('sessions over a cluster', () => {
  test('find the leader by themselves', async () => {
    const cluster = new Fixture();
    expect(await cluster.call('a')).toMatchObject({ kind: 'committed' });
    expect(await cluster.call('b')).toMatchObject({ result: encoder.encode('a b') });
    expect(await cluster.lines()).toEqual(['a', 'b']);
  });

  test('get their answers through a change of leaders', async () => {
    const cluster = new Fixture();
    await cluster.call('a');
    const { leaderId, simulation, members } = cluster;
    simulation.inject({ kind: 'crash', node: leaderId! });
    members.delete(leaderId!);
    expect(await cluster.call('b')).toMatchObject({ kind: 'committed' });
    simulation.inject({ kind: 'restart', node: leaderId! });
    await simulation.runUntil(() => members.size === 3, 10_000);
    expect(await cluster.lines()).toEqual(['a', 'b']);
  });

  test('refuse what is no request, and what fits no message, for good', async () => {
    const cluster = new Fixture();
    await cluster.call('a');
    const { leaderId, requester, simulation } = cluster;
    const errors: unknown[] = [];
    const options = { timeoutMs: 1_000 };
    requester!
      .request(leaderId!, 'raft/session', Uint8Array.of(9), options)
      .catch((error: unknown) => errors.push(error));
    await simulation.runUntil(() => errors.length > 0, 5_000);
    expect(errors[0]).toMatchObject({ code: 'REQUEST_REFUSED', definite: true });
    const outcome = await cluster.call('x'.repeat(70_000));
    expect(outcome?.kind === 'rejected' && outcome.reason).toBe('tooLarge');
  });

  test('live as long as their client does, and end soon after it', async () => {
    const cluster = new Fixture(2_000);
    await cluster.call('a');
    const { client, simulation, members } = cluster;
    const { sessionId } = client!;
    await simulation.run(20_000);
    expect(await cluster.call('b')).toMatchObject({ kind: 'committed' });
    expect(client!.sessionId).toBe(sessionId);
    simulation.inject({ kind: 'crash', node: nodeId('client') });
    cluster.client = undefined;
    await simulation.run(3_000);
    simulation.inject({ kind: 'restart', node: nodeId('client') });
    expect(await cluster.call('c')).toMatchObject({ kind: 'committed' });
    for (const { machine } of members.values()) {
      await simulation.runUntil(() => !machine.has(sessionId!), 1_000);
      expect(machine.has(sessionId!)).toBe(false);
    }
    expect((await cluster.lines()).filter((line) => !line.startsWith('-'))).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  test('outlive a time without a leader: nobody could have been heard in it', async () => {
    const cluster = new Fixture(2_000);
    await cluster.call('a');
    const { client, simulation, voters } = cluster;
    const { sessionId } = client!;
    for (const node of voters) simulation.inject({ kind: 'crash', node });
    cluster.members.clear();
    await simulation.run(60_000);
    for (const node of voters) simulation.inject({ kind: 'restart', node });
    expect(await cluster.call('b')).toMatchObject({ kind: 'committed' });
    expect(client!.sessionId).toBe(sessionId);
    expect(await cluster.lines()).toEqual(['a', 'b']);
  });
});
