import { raftCodec } from '@quorate/raft';
import {
  type FaultEvent,
  nodeIdsOf,
  randomSchedule,
  type Scenario,
  type Tuning,
  type Workload,
} from '@quorate/simulation';
import type { Random } from '@quorate/transport';

import type { ReadMode } from '../../src/config/read-mode.ts';
import { actions } from '../../src/check/client-memory.ts';
import { ConfigExperiment } from './config-experiment.ts';

/** What may be asked of the workload. */
export interface ConfigWorkloadOptions {
  /** How clients read. Only 'index' is promised to be linearizable. */
  readonly read: ReadMode;
  /** Gets each run as it begins. */
  readonly onOpen?: (experiment: ConfigExperiment) => void;
}

const clientCount = 8;
const keyCount = 3;

/** Clients of the HTTP API, one operation at a time each: their history must be linearizable. */
export function configWorkload({ read, onOpen }: ConfigWorkloadOptions): Workload {
  return {
    name: `config read=${read}`,
    nodeCounts: { min: 1, max: 5 },
    drawTuning,
    drawOperation,
    stage: (random, drawn) => (random.int(10) < 3 ? stormOf(random, drawn) : overSessions(drawn)),
    describeMessage: (protocol, payload) => {
      if (protocol !== 'raft') return undefined;
      const { kind, term } = raftCodec.decode(payload);
      return `${kind} of term ${term}`;
    },
    open: (simulation, scenario) => {
      const experiment = new ConfigExperiment(simulation, scenario, read);
      onOpen?.(experiment);
      return experiment;
    },
  };
}

/**
 * `drawn` over a carrier with sessions, as TCP is: no copy of a message outlives one. A node hands
 * a write to the leader as a request, which runs at most once in one process of the leader; a copy
 * that came to its next process would write again.
 */
function overSessions(drawn: Scenario): Scenario {
  const isReplay = (fault: FaultEvent): boolean =>
    fault.kind === 'network' && fault.replayRate !== undefined;
  return { ...drawn, faults: drawn.faults.filter((fault) => !isReplay(fault)) };
}

/**
 * `drawn` as 20 s in which three nodes are cut off by turns, on a fast network: the next leader is
 * at work while the last one still believes that it leads. All else goes wrong besides.
 */
export function stormOf(random: Random, drawn: Scenario): Scenario {
  const horizonMs = 20_000;
  const network = { delay: { kind: 'uniform', minMs: 0.2, maxMs: 5 } } as const;
  const nodeIds = nodeIdsOf(3);
  const others = randomSchedule(random.fork('others'), {
    nodeIds,
    network,
    fromMs: 1_500,
    untilMs: horizonMs,
    lastsMsMin: 200,
    lastsMsMax: 2_000,
    perMinute: {
      ...{ crash: 3, kill: 3, pause: 9, oneWay: 6, reset: 6 },
      ...{ loss: 3, duplication: 3, drift: 9, slowDisk: 6 },
    },
  });
  const faults = [...isolations(random.fork('isolations'), nodeIds, horizonMs), ...others];
  return {
    ...drawn,
    nodeCount: nodeIds.length,
    outsiders: [],
    horizonMs,
    network,
    disk: { syncLatency: { kind: 'uniform', minMs: 0.1, maxMs: 3 } },
    tuning: { ...drawn.tuning, requestTimeoutMs: random.int(2) === 0 ? 200 : 3_000 },
    faults: faults.toSorted((left, right) => left.atMs - right.atMs),
    operations: drawn.operations.map((operation) => ({
      ...operation,
      atMs: Math.floor((operation.atMs / drawn.horizonMs) * horizonMs),
    })),
  };
}

/** One node after the other is cut off, the next when the last comes back. */
function isolations(random: Random, nodeIds: readonly string[], untilMs: number): FaultEvent[] {
  const name = 'moving';
  const faults: FaultEvent[] = [];
  for (let atMs = 1_500; atMs < untilMs; atMs += 500 + random.int(1_500)) {
    const alone = nodeIds[random.int(nodeIds.length)] ?? '';
    const right = nodeIds.filter((id) => id !== alone);
    faults.push({ atMs, kind: 'heal', name });
    faults.push({ atMs, kind: 'partition', name, left: [alone], right });
  }
  return [...faults, { atMs: untilMs, kind: 'heal', name }];
}

function drawTuning(random: Random): Tuning {
  const pick = (...values: readonly number[]): number => values[random.int(values.length)] ?? 1;
  return {
    snapshotEveryEntries: pick(5, 40, 10_000),
    trailingEntryCount: pick(0, 3, 50),
    // On the slowest network a read that is handed to the leader takes a second.
    requestTimeoutMs: pick(1_500, 3_000),
  };
}

function drawOperation(random: Random, index: number): Tuning {
  return {
    client: `c${1 + random.int(clientCount)}`,
    action: actions[random.int(actions.length)] ?? 'get',
    key: `k${1 + random.int(keyCount)}`,
    // Told from all others, so that whoever reads it knows who wrote it.
    value: `v${index + 1}`,
    place: random.int(7),
    patienceMs: [200, 700, 4_000][random.int(3)] ?? 200,
    thereMs: random.int(20),
    backMs: random.int(20),
    isAnswerLost: random.int(50) === 0,
  };
}
