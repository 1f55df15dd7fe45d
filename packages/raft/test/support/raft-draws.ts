import type { Scenario, Tuning } from '@quorate/simulation';
import type { Random } from '@quorate/transport';

import { drawMemberChange } from './member-changes.ts';
import { membershipStageOf } from './membership-stage.ts';
import { stageOf } from './raft-stages.ts';

/** Registers that clients use at a time; the first of them most. */
export const KEY_COUNT = 4;

/** What the clocks of a run may be off by: `drift` and the swarm's own rates stay within 5 %. */
export const CLOCK_DRIFT_PPM = 60_000;

/** One scenario in five is played on the stage of membership; of the others, three in ten. */
export function changingStageOf(random: Random, drawn: Scenario): Scenario {
  return random.int(5) === 0 ? membershipStageOf(random, drawn) : stageOf(random, drawn);
}

/** Draws what nodes are like. What is new comes last, so that old seeds stay what they are. */
export function drawTuning(random: Random, nodeCount: number): Tuning {
  const pick = (...values: readonly number[]): number => values[random.int(values.length)] ?? 1;
  return {
    electionTimeoutTicks: pick(5, 10),
    snapshotEveryEntries: pick(5, 40, 10_000),
    trailingEntryCount: pick(0, 3, 50),
    maxMessageBytes: pick(1, 400, 65_536),
    maxInflightMessages: pick(2, 8, 256),
    maxUncommittedBytes: pick(2_000, 67_108_864),
    segmentBytes: pick(16_384, 65_536),
    // Who starts the cluster; and whether that is all there is to it.
    voterCount: pick(nodeCount, 1 + random.int(nodeCount)),
    isFixed: pick(0, 0, 1) === 1,
    maxClockDriftPpm: nodeCount % 2 === 1 ? CLOCK_DRIFT_PPM : 0,
    forwardProposals: nodeCount % 3 !== 0,
    // Most snapshots of a run are larger than the first of these.
    snapshotChunkBytes: pick(64, 500, 65_536),
    snapshotWindowBytes: pick(100, 1_048_576),
    hasPriorities: pick(0, 1) === 1,
  };
}

/** How many operations there are for one that changes the members, or who leads them. */
const OPERATIONS_PER_CHANGE = 8;
const OPERATIONS_PER_TRANSFER = 12;
const OPERATIONS_PER_FORGETTING = 30;

/** Draws what clients and operators do. */
export function drawOperation(random: Random, index: number, nodeIds: readonly string[]): Tuning {
  if (random.int(OPERATIONS_PER_CHANGE) === 0) return drawMemberChange(random);
  if (random.int(OPERATIONS_PER_TRANSFER) === 0) {
    const to = random.int(3) === 0 ? '' : (nodeIds[random.int(nodeIds.length)] ?? '');
    return { kind: 'transfer', to, node: 'leader', timeoutMs: 200 + random.int(3_000) };
  }
  if (random.int(OPERATIONS_PER_FORGETTING) === 0) {
    return { kind: 'forgetLeader', node: nodeIds[random.int(nodeIds.length)] ?? '' };
  }
  return drawCommand(random, index, nodeIds);
}

/** Draws what clients do. */
export function drawCommand(random: Random, index: number, nodeIds: readonly string[]): Tuning {
  const anyone = nodeIds[random.int(nodeIds.length)] ?? '';
  return {
    kind: ['read', 'write', 'write', 'compareAndSet'][random.int(4)] ?? 'read',
    id: index + 1,
    key: random.int(1 + random.int(KEY_COUNT)),
    // One of the latest commands, as if it had been read just now.
    expected: Math.max(0, index - random.int(4)),
    node: [anyone, 'told', 'leader'][random.int(3)] ?? anyone,
    timeoutMs: 200 + random.int(3_000),
    sizeBytes: random.int(2) === 0 ? 8 : random.int(300),
    consistency: ['linearizable', 'lease', 'bounded'][index % 3] ?? 'lease',
    maxStalenessMs: 20 * 4 ** (index % 5),
  };
}
