import type { ClientOperation, FaultEvent, Scenario } from '@quorate/simulation';
import type { Random } from '@quorate/transport';

import { RaftNode } from '../../src/raft-node.ts';
import { RaftNode as FirstNode } from '../golden/version-1/raft-node.mjs';

/** What runs as which release: the last node of protocol version 1, and the source. */
export const releases: ReadonlyMap<number, typeof RaftNode> = new Map([
  [1, FirstNode],
  [2, RaftNode],
]);

/**
 * 'back and forth': any node may be of any release at any start, and stay so for good.
 * 'forward': each node is upgraded once, and operators raise the protocol version as soon as they
 * are let.
 */
export type UpgradeKind = 'back and forth' | 'forward';

/** How often an operator of a forward upgrade asks for the new version, in ms. */
const RAISE_EVERY_MS = 1_000;

/** Puts upgrades into the scenarios that `stage` makes. */
export function upgradeStage(
  kind: UpgradeKind,
  stage: (random: Random, drawn: Scenario) => Scenario,
): (random: Random, drawn: Scenario) => Scenario {
  return (random, drawn) => {
    const scenario = stage(random, drawn);
    const upgrades =
      kind === 'forward' ? forward(random, scenario) : backAndForth(random, scenario);
    const others = scenario.faults.filter((fault) => fault.kind !== 'upgrade');
    const raises = kind === 'forward' ? raisesOf(scenario) : [];
    return {
      ...scenario,
      faults: inTime([...others, ...upgrades]),
      operations: inTime([...scenario.operations, ...raises]),
    };
  };
}

/** Several times, some node is killed and comes up as either release. */
function backAndForth(random: Random, { nodeCount, horizonMs }: Scenario): readonly FaultEvent[] {
  const times = nodeCount * (1 + random.int(4));
  return Array.from({ length: times }, () => {
    const node = `n${1 + random.int(nodeCount)}`;
    return become(random, node, 1 + random.int(2), random.int(horizonMs));
  }).flat();
}

/** Each node once. */
function forward(random: Random, { nodeCount, horizonMs }: Scenario): readonly FaultEvent[] {
  const turnMs = Math.floor(horizonMs / (nodeCount + 1));
  return Array.from({ length: nodeCount }, (_, place) =>
    become(random, `n${place + 1}`, 2, place * turnMs + random.int(turnMs)),
  ).flat();
}

function become(
  random: Random,
  node: string,
  release: number,
  atMs: number,
): readonly FaultEvent[] {
  const isGraceful = random.int(2) === 0;
  const upMs = atMs + 50 + random.int(300);
  return [
    { atMs, kind: 'upgrade', node, release },
    ...(isGraceful ? [{ atMs, kind: 'stop', node } as const] : []),
    // Who has not stopped by then is killed, as supervisors do.
    { atMs: isGraceful ? upMs - 20 : atMs, kind: 'crash', node },
    { atMs: upMs, kind: 'restart', node },
  ];
}

function raisesOf({ horizonMs }: Scenario): readonly ClientOperation[] {
  const count = Math.floor(horizonMs / RAISE_EVERY_MS);
  return Array.from({ length: count }, (_, place) => ({
    atMs: (place + 1) * RAISE_EVERY_MS - 1,
    kind: 'raise',
    node: 'leader',
    id: 0,
    timeoutMs: RAISE_EVERY_MS,
  }));
}

function inTime<Event extends { readonly atMs: number }>(events: readonly Event[]): Event[] {
  return [...events].sort((left, right) => left.atMs - right.atMs);
}
