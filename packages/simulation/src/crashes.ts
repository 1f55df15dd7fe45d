/**
 * One node through all its lives: start, pause, crash, restart.
 *
 * ```text
 *            start()                  resolved
 *   (down) ──────────> starting ──────────────> running ──stop()──> stopping ──> (down)
 *      ^                  │  rejected              │
 *      └──────────────────┴──────── crash() ───────┘
 * ```
 *
 * A crash falls between two events, never inside one, so no promise reaction of the dead life is
 * left to run; its timers, deliveries and disk operations ask their `Incarnation` and find it over.
 *
 * A node may also have a *twin*: whoever starts nodes took it for dead, and started it anew on a
 * copy of its disk while it runs. From then on two processes bear one name, each with a disk of its
 * own. All that is said of the node is said of the newer one; the older one lives on unseen, until
 * it is ended, and its peers leave it as they come to know the newer one.
 */
import type { Clock, NodeId, Random, Transport } from '@quorate/transport';
import type { Disk } from '@quorate/storage';

import { type Buggify, type LivePoints, NodePoints } from './buggify.ts';
import { Decisions } from './decisions.ts';
import { DiskContents } from './disk-contents.ts';
import { type CrashKind, DiskDevice, type DiskSurroundings } from './disk-device.ts';
import { Incarnation } from './incarnation.ts';
import { MachineClock } from './machine-clock.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { SimulatedTransport } from './simulated-transport.ts';
import { type Label, noLabel, type TraceKind } from './trace.ts';
import { type ClockSurroundings, VirtualClock } from './virtual-clock.ts';

/** All that a node may use of the world. Good for one life. */
export interface NodeEnvironment {
  readonly nodeId: NodeId;
  /** 1 for the first life of the node, one more for each that follows. */
  readonly incarnation: number;
  /** The release of the software to be: 1, or what the simulation or a fault 'upgrade' says. */
  readonly release: number;
  readonly clock: Clock;
  /** A stream of its own for every life of every node. */
  readonly random: Random;
  /** What it holds survives crashes as far as it was synced. */
  readonly disk: Disk;
  readonly transport: Transport;
  /** Whether to take a rare branch now. Always false unless a fault 'buggify' is at work. */
  readonly buggify: Buggify;
}

/** What runs on a node. */
export interface NodeProcess {
  /** Called by `Simulation.stop`, never by a crash. */
  stop?(): void | Promise<void>;
}

/** Begins a life of a node; called again after every restart. */
export type NodeStart = (environment: NodeEnvironment) => NodeProcess | Promise<NodeProcess>;

/** Where a node is in its life. */
export type NodeState = 'down' | 'starting' | 'running' | 'stopping';

/** What a node needs of the simulation around it. */
export interface NodeSurroundings extends DiskSurroundings {
  readonly network: SimulatedNetwork;
  readonly clocks: ClockSurroundings;
  readonly livePoints: LivePoints;
  /** What release all nodes start with. */
  readonly release: number;
  /** The stream all nodes fork theirs from. */
  readonly random: Random;
}

interface Life {
  readonly incarnation: Incarnation;
  readonly transport: SimulatedTransport;
  readonly device: DiskDevice;
  process: NodeProcess | undefined;
}

/** One node of a simulation. */
export class SimulatedNode {
  readonly nodeId: NodeId;
  readonly machineClock: MachineClock;
  readonly #surroundings: NodeSurroundings;
  readonly #start: NodeStart;
  readonly #label: Label;
  readonly #points: NodePoints;
  readonly #snapshots = new Map<string, DiskContents>();
  #device: DiskDevice;
  #release: number;
  #state: NodeState = 'down';
  #life: Life | undefined;
  /** The older one of two lives at a time. */
  #twin: Life | undefined;
  #lifeCount = 0;
  #isStartPlanned = false;
  #perEventUs = 0;

  constructor(nodeId: NodeId, start: NodeStart, surroundings: NodeSurroundings) {
    const { seed, clocks, trace, network } = surroundings;
    this.nodeId = nodeId;
    this.#surroundings = surroundings;
    this.#start = start;
    this.#label = trace.label(nodeId);
    const decisions = new Decisions(seed, `clock ${nodeId}`);
    this.machineClock = new MachineClock(clocks.scheduler, clocks.settings, decisions);
    this.#device = new DiskDevice(nodeId, surroundings);
    this.#points = new NodePoints(seed, nodeId, surroundings.livePoints);
    this.#release = surroundings.release;
    network.addStation(nodeId);
  }

  /** The disk that the node has, or will start with. */
  get device(): DiskDevice {
    return this.#device;
  }

  get state(): NodeState {
    return this.#state;
  }

  /** The number of the current or latest life, 0 before the first. */
  get incarnation(): number {
    return this.#lifeCount;
  }

  get isPaused(): boolean {
    return this.#life?.incarnation.isPaused === true;
  }

  /** Plans a start for this instant. @returns Whether the node was down. */
  start(): boolean {
    if (this.#state !== 'down' || this.#isStartPlanned) return false;
    this.#isStartPlanned = true;
    const { scheduler } = this.#surroundings;
    scheduler.plan(scheduler.nowUs, { fire: () => this.#begin() }, this.#label.hash);
    return true;
  }

  /** Ends this life at once. @returns Whether there was one to end. */
  crash(kind: CrashKind, isNoticed: boolean): boolean {
    this.#isStartPlanned = false;
    if (this.#life === undefined) return false;
    this.#record('crash', this.#life.incarnation, kind);
    this.#endLife(this.#life, kind, isNoticed);
    return true;
  }

  /** Sets what release the node is from its next start on. */
  upgrade(release: number): void {
    this.#release = release;
  }

  /** Remembers what the disk holds durably. */
  snapshotDisk(name: string): void {
    this.#snapshots.set(name, this.#device.durableCopy());
  }

  /** Puts back what was remembered. @returns Whether the node is down and there is such. */
  restoreDisk(name: string): boolean {
    const snapshot = this.#snapshots.get(name);
    if (this.#life !== undefined || snapshot === undefined) return false;
    this.#device.replaceContents(snapshot.durableCopy());
    return true;
  }

  /** Empties the disk. @returns Whether the node is down. */
  wipeDisk(): boolean {
    if (this.#life !== undefined) return false;
    this.#device.replaceContents(new DiskContents());
    return true;
  }

  /** Gives each node the disk of the other. @returns Whether both are down. */
  swapDisks(other: SimulatedNode): boolean {
    if (this.#life !== undefined || other.#life !== undefined) return false;
    this.#device.swapContents(other.#device);
    return true;
  }

  /**
   * Starts the node a second time, on a copy of what its disk holds durably, while it runs.
   *
   * @returns Whether it runs, and only once.
   */
  startTwin(): boolean {
    const isUp = this.#state === 'starting' || this.#state === 'running';
    if (this.#life === undefined || this.#twin !== undefined || !isUp) return false;
    this.#twin = this.#life;
    this.#life = undefined;
    this.#state = 'down';
    const name = `${this.nodeId} from life ${String(this.#lifeCount + 1)}`;
    this.#device = new DiskDevice(name, this.#surroundings, this.#device.durableCopy());
    return this.start();
  }

  /** Kills the older of two processes. @returns Whether there were two. */
  endTwin(): boolean {
    if (this.#twin === undefined) return false;
    this.#record('crash', this.#twin.incarnation, 'twin');
    this.#endLife(this.#twin, 'process', false);
    return true;
  }

  /** Asks the process to stop. @returns Whether one was running. */
  stop(): boolean {
    const life = this.#life;
    if (life === undefined || this.#state !== 'running') return false;
    this.#state = 'stopping';
    const { scheduler } = this.#surroundings;
    const event = {
      fire: (): boolean => {
        if (!life.incarnation.admits(event)) return false;
        void this.#stopProcess(life);
        return true;
      },
    };
    scheduler.plan(scheduler.nowUs, event, this.#label.hash);
    return true;
  }

  /** Holds back all that would reach the node. @returns Whether it was running freely. */
  pause(): boolean {
    if (this.#life === undefined || this.isPaused) return false;
    this.#record('pause', this.#life.incarnation);
    this.#life.incarnation.pause();
    this.#surroundings.network.refresh();
    return true;
  }

  /** Lets happen at once, in order, what the pause held back. @returns Whether it was paused. */
  resume(): boolean {
    let isResumed = false;
    for (const life of [this.#twin, this.#life]) {
      if (life?.incarnation.isPaused !== true) continue;
      isResumed = true;
      this.#record('resume', life.incarnation);
      life.incarnation.resume();
    }
    if (isResumed) this.#surroundings.network.refresh();
    return isResumed;
  }

  /** From now on each event takes `perEventMs`, in this life and those after; 0 is healthy. */
  slowDown(perEventMs: number): void {
    this.#perEventUs = Math.round(perEventMs * 1_000);
    this.#life?.incarnation.slowDown(this.#perEventUs);
  }

  #begin(): boolean {
    if (!this.#isStartPlanned) return false;
    this.#isStartPlanned = false;
    this.#lifeCount += 1;
    const { scheduler } = this.#surroundings;
    const incarnation = new Incarnation(this.nodeId, this.#label, this.#lifeCount, scheduler);
    incarnation.slowDown(this.#perEventUs);
    this.#state = 'starting';
    this.#record('start', incarnation, this.#release === 1 ? '' : `release ${this.#release}`);
    const environment = this.#environmentOf(incarnation);
    const { transport } = environment;
    const life: Life = { incarnation, transport, device: this.#device, process: undefined };
    this.#life = life;
    void this.#run(life, environment);
    return true;
  }

  #environmentOf(
    incarnation: Incarnation,
  ): NodeEnvironment & { readonly transport: SimulatedTransport } {
    const { seed, clocks, network, random } = this.#surroundings;
    const name = `${this.nodeId} ${incarnation.number}`;
    const decisions = new Decisions(seed, `clock ${name}`);
    const clock = new VirtualClock(clocks, this.machineClock, incarnation, decisions);
    return {
      nodeId: this.nodeId,
      incarnation: incarnation.number,
      release: this.#release,
      clock,
      random: random.fork(`node ${name}`),
      disk: new SimulatedDisk(this.#device, incarnation),
      transport: network.join(incarnation, clock),
      buggify: (id, rate = 1 / 4) => this.#fires(incarnation, id, rate),
    };
  }

  #fires(incarnation: Incarnation, id: string, rate: number): boolean {
    if (!incarnation.isAlive || !this.#points.fires(id, rate)) return false;
    this.#record('buggify', incarnation, id);
    return true;
  }

  async #run(life: Life, environment: NodeEnvironment): Promise<void> {
    try {
      life.process = await this.#start(environment);
    } catch (error) {
      this.#fail(life, error);
      return;
    }
    if (!life.incarnation.isAlive) return;
    this.#record('ready', life.incarnation);
    if (life === this.#life) this.#state = 'running';
  }

  async #stopProcess(life: Life): Promise<void> {
    try {
      await life.process?.stop?.();
      await life.transport.close();
    } catch (error) {
      this.#fail(life, error);
      return;
    }
    if (!life.incarnation.isAlive) return;
    this.#record('exit', life.incarnation);
    this.#endLife(life, 'process', true);
  }

  /** A process whose start or stop threw has exited; what it wrote is still with the system. */
  #fail(life: Life, error: unknown): void {
    if (!life.incarnation.isAlive) return;
    this.#record('exit', life.incarnation);
    this.#endLife(life, 'process', true);
    this.#surroundings.reportError(error, life.incarnation);
  }

  #endLife(life: Life, kind: CrashKind, isNoticed: boolean): void {
    const { scheduler, network } = this.#surroundings;
    if (life === this.#twin) this.#twin = undefined;
    else {
      this.#state = 'down';
      this.#life = undefined;
    }
    // What waited for the life is let go, so that messages settle their accounts.
    const orphans = life.incarnation.end();
    for (const event of orphans) scheduler.plan(scheduler.nowUs, event, this.#label.hash);
    network.leave(life.transport, isNoticed);
    life.device.crash(kind);
  }

  #record(kind: TraceKind, { number }: Incarnation, detail = ''): void {
    const { scheduler, trace } = this.#surroundings;
    const label = detail === '' ? noLabel : trace.label(detail);
    trace.add(scheduler.nowUs, kind, this.#label, noLabel, 0, number, label);
  }
}
