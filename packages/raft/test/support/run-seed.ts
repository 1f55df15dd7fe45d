import { Simulation, type Trace } from '@quorate/simulation';
import type { NodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';

import { drawPlan, type PlanOptions, type RunPlan } from './fault-plan.ts';
import { BrokenInvariant } from './invariants.ts';
import { type PlantedBug, SimulatedCluster } from './sim-cluster.ts';
import { type OutcomeCounts, Workload } from './workload.ts';

/** How long the cluster may take to recover once all faults have ended. */
const RECOVERY_MS = 60_000;

/** What one run came to. */
export interface RunReport {
  readonly traceHash: string;
  readonly eventCount: number;
  readonly virtualMs: number;
  readonly committedCount: number;
  readonly electionCount: number;
  readonly outcomes: OutcomeCounts;
  readonly plan: RunPlan;
}

/** What to run besides the seed. */
export interface RunOptions extends PlanOptions {
  readonly bug?: PlantedBug;
  /** Gets the trace of a run that failed; its length is `traceLines`, 200 by default. */
  readonly onFailure?: (trace: Trace) => void;
  readonly traceLines?: number;
}

/**
 * Runs one seed: faults and clients for the plan's horizon with every invariant checked at every
 * event, then calm, and liveness within a bound.
 *
 * @throws SimulationFailure or BrokenInvariant if Raft broke a promise.
 */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<RunReport> {
  const plan = drawPlan(seededRandom(seed), options);
  const run = new Run(seed, plan, options);
  try {
    return await run.finish();
  } catch (error) {
    options.onFailure?.(run.trace);
    throw error;
  }
}

class Run {
  readonly #plan: RunPlan;
  readonly #simulation: Simulation;
  readonly #cluster: SimulatedCluster;
  readonly #workload: Workload;
  #failure: Error | undefined = undefined;

  constructor(seed: number, plan: RunPlan, { bug, traceLines = 200 }: RunOptions) {
    const { network, disk, clocks, nodeCount, tuning, workload } = plan;
    this.#plan = plan;
    this.#simulation = new Simulation({
      seed,
      network,
      disk,
      clocks,
      trace: { keepLines: traceLines },
      onError: (error, nodeId) => this.#onError(error, nodeId),
    });
    this.#cluster = new SimulatedCluster(this.#simulation, { nodeCount, tuning, bug });
    this.#workload = new Workload(this.#cluster, workload, this.#simulation.random);
    this.#simulation.onEvent(() => {
      if (this.#failure !== undefined) throw this.#failure;
    });
  }

  get trace(): Trace {
    return this.#simulation.trace;
  }

  async finish(): Promise<RunReport> {
    const { faults, horizonMs } = this.#plan;
    for (const fault of faults) {
      if (fault.kind === 'bitRot' || fault.kind === 'failReads') {
        const damaged = this.#cluster.nodeIds.find((id) => id === fault.node);
        if (damaged !== undefined) this.#cluster.checker.onDamaged(damaged);
      }
    }
    this.#simulation.schedule(faults);
    this.#workload.start();
    await this.#simulation.run(horizonMs);
    this.#workload.stop();
    this.#workload.expectHolds();
    this.#simulation.calm();
    await this.#expectRecovery();
    this.#workload.expectHolds();
    const { simulation, cluster, workload } = this.#parts();
    return {
      traceHash: simulation.trace.hash(),
      eventCount: simulation.eventCount,
      virtualMs: simulation.nowMs,
      committedCount: workload.acknowledgedCount,
      electionCount: cluster.checker.ledTermCount,
      outcomes: workload.counts,
      plan: this.#plan,
    };
  }

  #parts(): { simulation: Simulation; cluster: SimulatedCluster; workload: Workload } {
    return { simulation: this.#simulation, cluster: this.#cluster, workload: this.#workload };
  }

  /** Faults are over: a new write commits, and every node that can start holds everything. */
  async #expectRecovery(): Promise<void> {
    const isCommitted = await this.#commitMarker();
    if (!isCommitted) throw new BrokenInvariant('liveness', this.#describe('no write commits'));
    const { simulation, cluster } = this.#parts();
    const isConverged = await simulation.runUntil(() => this.#isConverged(), RECOVERY_MS);
    if (!isConverged) throw new BrokenInvariant('liveness', this.#describe('nodes differ'));
    for (const [id, running] of cluster.running) this.#workload.expectComplete(id, running);
  }

  async #commitMarker(): Promise<boolean> {
    const { simulation, cluster, workload } = this.#parts();
    const deadlineMs = simulation.nowMs + RECOVERY_MS;
    const committed: number[] = [];
    while (committed.length === 0 && simulation.nowMs < deadlineMs) {
      const { leader } = cluster;
      const running = leader === undefined ? undefined : cluster.running.get(leader);
      if (running !== undefined) {
        void workload.write(running, 1_000).then((outcome) => {
          if (outcome.kind === 'committed') committed.push(outcome.logIndex);
        });
      }
      await simulation.runUntil(() => committed.length > 0, 300);
    }
    return committed.length > 0;
  }

  #isConverged(): boolean {
    const { cluster } = this.#parts();
    if (cluster.running.size + cluster.startErrors.size < cluster.nodeIds.length) return false;
    const states = Array.from(cluster.running.values(), ({ node, machine }) => {
      const { lastApplied, condition } = node.status();
      return { place: `${lastApplied} ${machine.digest}`, condition };
    });
    const [first] = states;
    return states.every(
      ({ place, condition }) => place === first?.place && condition === 'running',
    );
  }

  /** Only damage keeps a node from starting, and then it says so; all else is our fault. */
  #onError(error: unknown, id: NodeId): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (this.#simulation.stateOf(id) === 'down' && /^(DISK|LOG|RAFT)_/.test(code)) {
      this.#cluster.onStartError(id, error);
      return;
    }
    this.#failure ??= error instanceof Error ? error : new Error('thrown', { cause: error });
  }

  #describe(what: string): string {
    const nodes = this.#cluster.nodeIds.map((id) => {
      const running = this.#cluster.running.get(id);
      const startError = this.#cluster.startErrors.get(id);
      const why = startError instanceof Error ? startError.message : '';
      if (running === undefined) return `${id}: down ${why}`;
      const { peers, voters: _, ...status } = running.node.status();
      return `${id}: ${JSON.stringify({ ...status, peers: [...peers] })}`;
    });
    const { nowMs } = this.#simulation;
    return `${what} ${RECOVERY_MS} ms after calm, at ${nowMs} ms\n${nodes.join('\n')}`;
  }
}
