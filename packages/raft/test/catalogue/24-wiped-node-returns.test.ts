import { Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import type { RaftEvent } from '../../src/node/events.ts';
import { RaftNode } from '../../src/raft-node.ts';
import type { StateMachine } from '../../src/state-machine.ts';

// A voter comes back under its id with an empty or an older disk (etcd, issue 21178: a re-imaged
// member answers as if it had never acknowledged anything). It votes and acknowledges again, a
// majority forms that lacks what was committed, and acknowledged commands are gone.
//
// Protection: a directory says nothing before most of the other voters remember it, and those
// who know the id under another directory refuse it (src/node/identity.ts).
//
// Mutations: another directory, or an older boot, is accepted; a node speaks without a majority of
// the others, or with one of all, itself included; `#send` in src/raft-node.ts lets a silent node
// speak; a removal is not told to the identity (test/mutations/storage.ts).

const [n1, n2, n3, n4] = [nodeId('n1'), nodeId('n2'), nodeId('n3'), nodeId('n4')];
const voters = [n1, n2, n3];

class Register implements StateMachine {
  value = 0;

  apply(command: Uint8Array): Uint8Array {
    this.value = command[0]!;
    return command.slice();
  }

  snapshot(): Uint8Array {
    return Uint8Array.of(this.value);
  }

  restore(snapshot: Uint8Array): void {
    this.value = snapshot[0]!;
  }
}

interface Replica {
  readonly node: RaftNode;
  readonly register: Register;
  readonly events: RaftEvent[];
}

class Cluster {
  readonly simulation = new Simulation({ seed: 1 });
  readonly replicas = new Map<NodeId, Replica>();
  readonly #elections: { readonly id: NodeId; readonly term: number }[] = [];

  constructor() {
    for (const id of [...voters, n4]) {
      this.simulation.addNode(id, async ({ transport, clock, random, disk }) => {
        const register = new Register();
        const node = await RaftNode.open({
          ...{ transport, clock, random, disk, directory: 'raft' },
          voters: id === n4 ? [] : voters,
          stateMachine: register,
          identity: 'proven',
        });
        const events: RaftEvent[] = [];
        node.observe((event) => {
          events.push(event);
          const isElected = event.kind === 'roleChanged' && event.role === 'leader';
          if (isElected) this.#elections.push({ id, term: event.term });
        });
        this.replicas.set(id, { node, register, events });
        return { stop: () => node.close() };
      });
    }
  }

  of(id: NodeId): Replica {
    return this.replicas.get(id)!;
  }

  leader(among: readonly NodeId[] = voters): NodeId | undefined {
    return among.find((id) => this.replicas.get(id)?.node.status().role === 'leader');
  }

  /** Who was ever elected in `term`. */
  leadersOf(term: number): readonly NodeId[] {
    return this.#elections.filter((each) => each.term === term).map(({ id }) => id);
  }

  stop(id: NodeId): void {
    this.simulation.inject({ kind: 'crash', node: id, mode: 'power' });
    this.replicas.delete(id);
  }

  async restart(id: NodeId): Promise<void> {
    this.simulation.inject({ kind: 'restart', node: id });
    await this.run(() => this.replicas.has(id));
  }

  async run(until: () => boolean): Promise<void> {
    expect(await this.simulation.runUntil(until, 60_000)).toBe(true);
  }

  async outcome<Value>(promise: Promise<Value>): Promise<Value> {
    let result: { readonly value: Value } | undefined;
    void promise.then((value) => (result = { value }));
    await this.run(() => result !== undefined);
    return result!.value;
  }

  async write(value: number, among: readonly NodeId[] = voters): Promise<void> {
    await this.run(() => this.leader(among) !== undefined);
    const { node } = this.of(this.leader(among)!);
    expect(await this.outcome(node.propose(Uint8Array.of(value)))).toMatchObject({
      kind: 'committed',
    });
  }

  /** Two of three hold a command that the third has never seen. Who the two are, leader first. */
  async withCommandOnTwo(): Promise<{
    readonly holders: [NodeId, NodeId];
    readonly empty: NodeId;
  }> {
    await this.write(1);
    const leader = this.leader()!;
    const [other, empty] = voters.filter((id) => id !== leader);
    await this.simulation.run(1_000);
    this.stop(empty!);
    await this.write(7);
    return { holders: [leader, other!], empty: empty! };
  }
}

test('a wiped voter and one that missed a command never decide without it', async () => {
  const cluster = new Cluster();
  const { holders, empty } = await cluster.withCommandOnTwo();
  const [leader, wiped] = holders;
  cluster.stop(leader);
  cluster.stop(wiped);
  cluster.simulation.inject({ kind: 'wipeDisk', node: wiped });
  await cluster.restart(wiped);
  await cluster.restart(empty);
  await cluster.simulation.run(20_000);
  // Nobody leads: only the node that is down can say what was committed.
  expect(cluster.leader()).toBeUndefined();
  await cluster.restart(leader);
  await cluster.write(8);
  await cluster.run(() => cluster.of(empty).register.value === 8);
  expect(cluster.of(wiped).node.status().identity).toMatchObject({ kind: 'refused' });
});

// The first leader hands over within a pair: it votes for the other in the next term. It is wiped,
// its leader cut off, and the third node has seen nothing of that term: it would ask for votes in
// the same one, and with the empty disk's vote there were two leaders of it.
test('a voter that was wiped does not vote a second time in its term', async () => {
  const cluster = new Cluster();
  await cluster.write(1);
  await cluster.simulation.run(1_000);
  const wiped = cluster.leader()!;
  const [elected, rival] = voters.filter((id) => id !== wiped);
  cluster.simulation.inject({ kind: 'partition', left: [rival!], right: [wiped, elected!] });
  const transfer = cluster.of(wiped).node.transferLeadership({ to: elected! });
  expect(await cluster.outcome(transfer)).toMatchObject({ kind: 'transferred' });
  const { term } = cluster.of(elected!).node.status();
  expect(cluster.of(rival!).node.status().term).toBe(term - 1);
  cluster.simulation.inject({ kind: 'heal' });
  cluster.simulation.inject({ kind: 'partition', left: [elected!], right: [wiped, rival!] });
  cluster.stop(wiped);
  cluster.simulation.inject({ kind: 'wipeDisk', node: wiped });
  await cluster.restart(wiped);
  await cluster.simulation.run(20_000);
  expect(cluster.of(wiped).node.status().identity).toMatchObject({ kind: 'refused' });
  // Nobody so much as promised the rival a vote, so it began no term.
  expect(cluster.of(rival!).node.status().term).toBe(term - 1);
  expect(cluster.leadersOf(term)).toEqual([elected]);
});

test('a wiped voter is told why, and whom to ask', async () => {
  const cluster = new Cluster();
  await cluster.write(1);
  await cluster.simulation.run(1_000);
  cluster.stop(n3);
  cluster.simulation.inject({ kind: 'wipeDisk', node: n3 });
  await cluster.restart(n3);
  await cluster.simulation.run(5_000);
  const { node, events } = cluster.of(n3);
  expect(node.status().identity).toMatchObject({
    kind: 'refused',
    by: expect.arrayContaining([n1, n2]) as unknown,
    error: { code: 'RAFT_AMNESIAC' },
  });
  expect(events.map(({ kind }) => kind)).toContain('identityChanged');
  expect(node.status().condition).toBe('running');
});

test('a voter with the disk of another day is refused', async () => {
  const cluster = new Cluster();
  await cluster.write(1);
  await cluster.simulation.run(1_000);
  cluster.simulation.inject({ kind: 'snapshotDisk', node: n3, name: 'backup' });
  for (let times = 0; times < 2; times += 1) {
    cluster.stop(n3);
    await cluster.restart(n3);
    await cluster.simulation.run(2_000);
  }
  expect(cluster.of(n3).node.status().identity).toEqual({ kind: 'proven' });
  cluster.stop(n3);
  cluster.simulation.inject({ kind: 'restoreDisk', node: n3, name: 'backup' });
  await cluster.restart(n3);
  await cluster.simulation.run(2_000);
  expect(cluster.of(n3).node.status().identity).toMatchObject({
    kind: 'refused',
    error: { code: 'RAFT_AMNESIAC' },
  });
});

test('a wiped voter that is removed and added again takes part', async () => {
  const cluster = new Cluster();
  await cluster.write(1);
  await cluster.simulation.run(1_000);
  const rest = [n1, n2];
  cluster.stop(n3);
  cluster.simulation.inject({ kind: 'wipeDisk', node: n3 });
  await cluster.restart(n3);
  await cluster.run(() => cluster.of(n3).node.status().identity.kind === 'refused');
  await cluster.write(2, rest);
  const leader = cluster.of(cluster.leader(rest)!).node;
  expect(await cluster.outcome(leader.removeMember(n3))).toMatchObject({ kind: 'committed' });
  expect(await cluster.outcome(leader.addVoter(n3))).toMatchObject({ kind: 'committed' });
  await cluster.run(() => cluster.of(n3).register.value === 2);
  expect(cluster.of(n3).node.status().identity).toEqual({ kind: 'proven' });
});

test('a node of three that was never there does not help a wiped one to begin anew', async () => {
  const cluster = new Cluster();
  cluster.stop(n3);
  await cluster.simulation.run(20_000);
  // Not even the first time: two of three cannot tell that they are the first.
  expect(cluster.leader()).toBeUndefined();
  expect(cluster.of(n1).node.status().identity).toEqual({ kind: 'unproven', waitingFor: [n3] });
  await cluster.restart(n3);
  await cluster.write(1);
  // From here on, any two of them go on.
  for (const id of voters) cluster.stop(id);
  await cluster.restart(n1);
  await cluster.restart(n3);
  await cluster.write(2);
});

test('a new member is let in by those who are there', async () => {
  const cluster = new Cluster();
  await cluster.write(1);
  const leader = cluster.of(cluster.leader()!).node;
  expect(await cluster.outcome(leader.addVoter(n4))).toMatchObject({ kind: 'committed' });
  await cluster.run(() => cluster.of(n4).register.value === 1);
  expect(cluster.of(n4).node.status().identity).toEqual({ kind: 'proven' });
});
