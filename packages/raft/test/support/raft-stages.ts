import type {
  ClientOperation,
  DiskOptions,
  FaultEvent,
  NetworkOptions,
  Scenario,
  Tuning,
} from '@quorate/simulation';
import type { Random } from '@quorate/transport';

/**
 * A scene that elections depend on and that chance alone seldom sets: three nodes, and faults that
 * follow from each other.
 */
interface Stage {
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  readonly tuning: Tuning;
  /** What happens between elections depends on what clients want just then. */
  readonly operationCountMin: number;
  drawFaults(random: Random): readonly FaultEvent[];
}

/** How long a stage is played, in ms. */
export const stageMs = 20_000;
const nodes = ['n1', 'n2', 'n3'];

/** One node after the other is cut off; now and then, one falls over. */
function isolateInTurn(random: Random): readonly FaultEvent[] {
  const faults: FaultEvent[] = [];
  const [base, span] = [500, 1_000];
  for (let atMs = 0; atMs < stageMs; atMs += base + random.int(span)) {
    const alone = nodes[random.int(3)] ?? '';
    const others = nodes.filter((node) => node !== alone);
    faults.push({ atMs, kind: 'heal' });
    faults.push({ atMs, kind: 'partition', left: [alone], right: others });
    if (random.int(2) === 0) continue;
    const node = nodes[random.int(3)] ?? '';
    const crashMs = atMs + random.int(base);
    faults.push({ atMs: crashMs, kind: 'crash', node });
    faults.push({ atMs: crashMs + 5, kind: 'restart', node });
  }
  return faults;
}

/**
 * The stage of Figure 8: one node after the other is cut off, and disks are so slow that a crash
 * takes entries which have arrived. One entry travels at a time.
 */
const movingIsolation: Stage = {
  network: { delay: { kind: 'uniform', minMs: 1, maxMs: 40 }, ordering: 'none' },
  disk: { syncLatency: { kind: 'uniform', minMs: 20, maxMs: 150 } },
  tuning: {
    electionTimeoutTicks: 5,
    maxMessageBytes: 1,
    maxInflightMessages: 1,
    snapshotEveryEntries: 10_000,
  },
  operationCountMin: 200,
  drawFaults: isolateInTurn,
};

/**
 * Leaders that are cut off, one after the other, on a fast network and fast disks: the next one is
 * at work while the last still believes that it leads.
 */
const busyIsolation: Stage = {
  network: { delay: { kind: 'uniform', minMs: 1, maxMs: 5 }, ordering: 'none' },
  disk: { syncLatency: { kind: 'uniform', minMs: 0.1, maxMs: 3 } },
  tuning: { electionTimeoutTicks: 10, snapshotEveryEntries: 10_000 },
  operationCountMin: 200,
  drawFaults: isolateInTurn,
};

/**
 * Two nodes that never hear each other and compete for the vote of the third, which keeps falling
 * over: what it forgets, the slower of the two finds out.
 */
const forgetfulBridge: Stage = {
  network: { delay: { kind: 'uniform', minMs: 1, maxMs: 250 }, ordering: 'none' },
  disk: { syncLatency: { kind: 'exponential', minMs: 0.1, meanMs: 5 } },
  tuning: {
    electionTimeoutTicks: 6,
    heartbeatTicks: 5,
    maxMessageBytes: 65_536,
    snapshotEveryEntries: 10_000,
  },
  operationCountMin: 0,
  drawFaults: (random) => {
    const faults: FaultEvent[] = [{ atMs: 0, kind: 'partition', left: ['n2'], right: ['n3'] }];
    const n1Falls = (atMs: number, forMs: number): void => {
      faults.push({ atMs, kind: 'crash', node: 'n1' });
      faults.push({ atMs: atMs + forMs, kind: 'restart', node: 'n1' });
    };
    for (let atMs = 500; atMs < stageMs;) {
      for (const node of ['n2', 'n3']) {
        faults.push({ atMs, kind: 'slowDisk', node, factor: 1 + random.int(30) });
      }
      // Down for so long that both campaign when it is back; then, a little later, only a blink.
      n1Falls(atMs, 800);
      atMs += 850 + random.int(600);
      n1Falls(atMs, 1);
      atMs += 100 + random.int(300);
    }
    return faults;
  },
};

const stages: readonly Stage[] = [movingIsolation, forgetfulBridge, busyIsolation];

/** Three scenarios in ten are played on a stage; the others as drawn. */
export function stageOf(random: Random, drawn: Scenario): Scenario {
  const stage = stages[random.int(10)];
  if (stage === undefined) return drawn;
  const { network, disk, tuning } = stage;
  return {
    ...drawn,
    nodeCount: 3,
    horizonMs: stageMs,
    network: { ...drawn.network, ...network },
    disk: { ...drawn.disk, ...disk },
    tuning: { ...drawn.tuning, ...tuning },
    faults: stage.drawFaults(random),
    operations: spread(random, drawn.operations, stage.operationCountMin),
  };
}

/** At least `countMin` operations all over the stage: the given ones, again if they are few. */
export function spread(
  random: Random,
  operations: readonly ClientOperation[],
  countMin: number,
): readonly ClientOperation[] {
  const times = Math.ceil(countMin / Math.max(1, operations.length));
  return Array.from({ length: Math.max(1, times) }, () => operations)
    .flat()
    .map((operation, index) => ({ ...operation, id: index + 1, atMs: random.int(stageMs) }))
    .sort((left, right) => left.atMs - right.atMs);
}
