/**
 * Goal: lists have the order that is published for texts, which is maximally non-interleaving.
 *
 * Method: the random histories of the eg-walker paper, with a list of characters in place of a
 * text. Each event is made by a replica that has received exactly what its author knew.
 */
import { describe, expect, it } from 'vitest';

import { LIST } from '../../src/document/container.ts';
import { ListState } from '../../src/document/list-state.ts';
import { type Packet, PacketReplica } from '../support/packet-replica.ts';
import type { RawTransaction } from '../support/raw-history.ts';
import { hasSharedData, sharedJson } from '../support/shared-data.ts';

interface Case {
  readonly txns: readonly RawTransaction[];
  readonly endContent: string;
}

function isCases(value: unknown): value is readonly Case[] {
  return Array.isArray(value);
}

function listOf(replica: PacketReplica): ListState {
  const list = replica.state.root.nested('list', LIST);
  if (!(list instanceof ListState)) throw new Error('no list');
  return list;
}

/** One character inserted or deleted, and all that was known then, as numbers of such events. */
interface Step {
  readonly replicaId: string;
  readonly past: ReadonlySet<number>;
  readonly edit: (list: ListState) => void;
}

function stepsOf({ txns }: Case): Step[] {
  const steps: Step[] = [];
  for (const { parents, agent, ops } of txns) {
    let past = new Set(parents);
    for (const parent of parents) for (const known of steps[parent]?.past ?? []) past.add(known);
    const add = (edit: (list: ListState) => void) => {
      // In the data, one author does several things at once; here, each event has its own.
      const replicaId = `${agent}\0${String(steps.length).padStart(6, '0')}`;
      past = new Set([...past]);
      steps.push({ replicaId, past, edit });
      past.add(steps.length - 1);
    };
    for (const [position, deleteCount, text] of ops) {
      for (let count = 0; count < deleteCount; count += 1) {
        add((list) => list.delete(position, 1));
      }
      for (const [index, character] of Array.from(text).entries()) {
        add((list) => void list.insert(position + index, [character]));
      }
    }
  }
  return steps;
}

function merged(each: Case): string {
  // Somebody has made the list before.
  const maker = new PacketReplica('\0');
  const first = maker.change((state) => state.attach(listOf(maker)));
  const packets: (Packet | undefined)[] = [];
  const replicaWith = (replicaId: string, has: (index: number) => boolean) => {
    const replica = new PacketReplica(replicaId);
    if (first !== undefined) replica.receive(first);
    for (const [index, packet] of packets.entries()) {
      if (packet !== undefined && has(index)) replica.receive(packet);
    }
    return replica;
  };
  for (const { replicaId, past, edit } of stepsOf(each)) {
    const replica = replicaWith(replicaId, (index) => past.has(index));
    packets.push(replica.change(() => edit(listOf(replica))));
  }
  return listOf(replicaWith('reader', () => true))
    .contents()
    .map((content) => (typeof content === 'string' ? content : '?'))
    .join('');
}

describe.skipIf(!hasSharedData)('lists beside the data of the eg-walker paper', () => {
  it('have the expected order in each of them', () => {
    const cases = sharedJson('egwalker-paper/conformance');
    if (!isCases(cases)) throw new Error('no cases');
    for (const each of cases.slice(0, Number(process.env['CRDTS_CASES'] ?? 25))) {
      expect(merged(each)).toBe(each.endContent);
    }
  });
});
