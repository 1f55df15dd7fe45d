import type { FaultEvent, Scenario } from '@quorate/simulation';
import type { Random } from '@quorate/transport';

import { drawMemberChange } from './member-changes.ts';
import { spread, stageMs } from './raft-stages.ts';

const nodes = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
const changeCount = 80;

/** The network falls apart in two, another way each time; now and then, a node falls over. */
function splitInTurn(random: Random): readonly FaultEvent[] {
  const faults: FaultEvent[] = [];
  for (let atMs = 500; atMs < stageMs; atMs += 400 + random.int(1_000)) {
    const left = nodes.filter(() => random.int(2) === 0);
    const right = nodes.filter((node) => !left.includes(node));
    faults.push({ atMs, kind: 'heal' });
    if (left.length > 0 && right.length > 0 && random.int(4) > 0) {
      faults.push({ atMs, kind: 'partition', left, right });
    }
    if (random.int(3) > 0) continue;
    const node = nodes[random.int(nodes.length)] ?? '';
    const crashMs = atMs + random.int(300);
    faults.push({ atMs: crashMs, kind: 'crash', node });
    faults.push({ atMs: crashMs + 5 + random.int(500), kind: 'restart', node });
  }
  return faults;
}

/**
 * A scene for changes of the members: half of the cluster is out of reach just then, and a leader
 * that is about to find out still takes them in.
 */
export function membershipStageOf(random: Random, drawn: Scenario): Scenario {
  const commands = drawn.operations.filter(({ kind }) => kind !== 'members');
  const changes = Array.from({ length: changeCount }, () => ({
    ...drawMemberChange(random),
    isForced: random.int(4) > 0,
    atMs: 0,
  }));
  return {
    ...drawn,
    nodeCount: nodes.length,
    horizonMs: stageMs,
    network: { ...drawn.network, delay: { kind: 'uniform', minMs: 1, maxMs: 10 } },
    disk: { ...drawn.disk, syncLatency: { kind: 'uniform', minMs: 0.1, maxMs: 5 } },
    tuning: {
      ...drawn.tuning,
      electionTimeoutTicks: 5 + random.int(6),
      voterCount: 1 + random.int(nodes.length),
      isFixed: false,
    },
    faults: splitInTurn(random),
    outsiders: drawn.outsiders.filter((id) => nodes.includes(id)),
    operations: spread(random, [...changes, ...commands], changeCount),
  };
}
