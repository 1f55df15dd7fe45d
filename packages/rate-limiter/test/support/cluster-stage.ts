import type { Simulation } from '@quorate/simulation';
import type { NodeId } from '@quorate/transport';

import type { ClusterStoreOptions } from '../../src/cluster/cluster-options.ts';
import type { ClusterStore } from '../../src/cluster/cluster-store.ts';
import type { Placement } from '../../src/cluster/placement.ts';
import type { RatePolicy } from '../../src/policy.ts';
import type { Admission, Reign } from './admissions.ts';
import { type ClusterTuning, SimulatedCluster } from './cluster.ts';

/** Keys that all clients fight for. */
export const stageKeys: readonly string[] = ['user 1', 'user 2'];

interface OpenReign {
  readonly life: number;
  readonly fromMs: number;
}

/** A cluster under more load than it may admit, and a record of who admitted and who reigned. */
export class ClusterStage {
  readonly cluster: SimulatedCluster;
  readonly #simulation: Simulation;
  readonly #policy: RatePolicy;
  readonly #gapMs: (nowMs: number) => number;
  readonly #placements = new Map<NodeId, Placement>();
  readonly #admissions = new Map<string, Admission[]>();
  readonly #closed = new Map<string, Reign[]>();
  readonly #open = new Map<string, OpenReign>();

  constructor(
    simulation: Simulation,
    policy: RatePolicy,
    given: {
      readonly nodeCount: number;
      readonly placement: Placement;
      readonly tuning: ClusterTuning;
      readonly makeStore?: (options: ClusterStoreOptions) => ClusterStore;
      /** How long a node rests between two requests, at least, at some time. Default: 1. */
      readonly gapMs?: (nowMs: number) => number;
    },
  ) {
    const { nodeCount, placement, tuning, makeStore, gapMs = () => 1 } = given;
    this.#gapMs = gapMs;
    this.#simulation = simulation;
    this.#policy = policy;
    this.cluster = new SimulatedCluster(simulation, nodeCount, { ...tuning, placement }, makeStore);
    for (const id of this.cluster.nodeIds) this.#placements.set(id, placement);
    for (const id of this.cluster.nodeIds) this.#drive(id);
    simulation.onEvent(() => this.#watch());
  }

  /** What was admitted of `key`, in order. */
  admissions(key: string): readonly Admission[] {
    return this.#admissions.get(key) ?? [];
  }

  /** When some node ran that believed to own `key`. */
  ownerReigns(key: string): readonly Reign[] {
    return this.#reigns(`owner of ${key}`);
  }

  /** When nodes ran at all. */
  lives(): readonly Reign[] {
    return this.#reigns('life');
  }

  /** Gives one node another placement. */
  place(id: NodeId, placement: Placement): void {
    this.#placements.set(id, placement);
    this.cluster.place(id, placement);
    this.#watch();
  }

  /** Asks a node again and again, for one key or the other, as true time goes by. */
  #drive(id: NodeId): void {
    const { clock, random } = this.#simulation;
    const draw = random.fork(`load of ${id}`);
    const turn = (): void => {
      const gapMs = this.#gapMs(this.#simulation.nowMs);
      clock.setTimer(gapMs + draw.int(10), turn);
      const key = stageKeys[draw.int(stageKeys.length)] ?? '';
      const cost = 1 + draw.int(3);
      if (this.#simulation.stateOf(id) === 'running') void this.#request(id, key, cost);
    };
    turn();
  }

  async #request(id: NodeId, key: string, cost: number): Promise<void> {
    const life = this.#simulation.incarnationOf(id);
    const { decisions } = await this.cluster.store(id).take([{ key, policy: this.#policy, cost }]);
    if (decisions[0]?.kind !== 'admitted' || this.#simulation.incarnationOf(id) !== life) return;
    const admissions = this.#admissions.get(key) ?? [];
    this.#admissions.set(key, admissions);
    admissions.push({ atMs: this.#simulation.nowMs, cost });
  }

  /** Between any two events: who reigns now, and who does no more. */
  #watch(): void {
    for (const id of this.cluster.nodeIds) {
      const isUp = this.#simulation.stateOf(id) !== 'down';
      const life = this.#simulation.incarnationOf(id);
      this.#note(`life/${id}`, isUp, life);
      for (const key of stageKeys) {
        const isOwner = isUp && this.#placements.get(id)?.ownerOf(key) === id;
        this.#note(`owner of ${key}/${id}`, isOwner, life);
      }
    }
  }

  #note(name: string, isReigning: boolean, life: number): void {
    const open = this.#open.get(name);
    if (open !== undefined && isReigning && open.life === life) return;
    const nowMs = this.#simulation.nowMs;
    if (open !== undefined) {
      const closed = this.#closed.get(name) ?? [];
      this.#closed.set(name, closed);
      closed.push({ fromMs: open.fromMs, toMs: nowMs });
      this.#open.delete(name);
    }
    if (isReigning) this.#open.set(name, { life, fromMs: nowMs });
  }

  #reigns(prefix: string): readonly Reign[] {
    const isMeant = ([name]: readonly [string, unknown]): boolean => name.startsWith(`${prefix}/`);
    const closed = [...this.#closed].filter(isMeant).flatMap(([, reigns]) => reigns);
    const open = [...this.#open]
      .filter(isMeant)
      .map(([, { fromMs }]) => ({ fromMs, toMs: Infinity }));
    return [...closed, ...open];
  }
}
