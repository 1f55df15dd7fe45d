import type { LivePoints } from './buggify.ts';
import type { SimulatedNode } from './crashes.ts';
import { betweenGroups, type BlockedPairs, ringOf } from './partitions.ts';
import type { Fault } from './fault.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { MachineClock } from './machine-clock.ts';

/** What faults strike. */
export interface FaultTargets {
  readonly network: SimulatedNetwork;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
  readonly livePoints: LivePoints;
}

/** Lets `fault` take effect now. @throws RangeError if it names a node that is not there. */
export function applyFault(targets: FaultTargets, fault: Fault): void {
  if ('node' in fault) applyToNode(nodeOf(targets, fault.node), fault);
  else applyToMany(targets, fault);
}

type NodeFault = Extract<Fault, { readonly node: string }>;

function applyToNode(node: SimulatedNode, fault: NodeFault): void {
  switch (fault.kind) {
    case 'crash':
      node.crash(fault.mode ?? 'power', fault.isNoticed ?? false);
      break;
    case 'restart':
      node.start();
      break;
    case 'stop':
      node.stop();
      break;
    case 'pause':
      node.pause();
      break;
    case 'resume':
      node.resume();
      break;
    case 'slowNode':
      node.slowDown(fault.perEventMs);
      break;
    case 'wallJump':
    case 'wallFreeze':
    case 'leapSmear':
    case 'drift':
    case 'lateTimers':
    case 'throttleTimers':
      applyToClock(node.machineClock, fault);
      break;
    case 'upgrade':
      node.upgrade(fault.release);
      break;
    case 'twin':
      node.startTwin();
      break;
    case 'endTwin':
      node.endTwin();
      break;
    default:
      applyToDisk(node, fault);
      break;
  }
}

/** The rest of them: what strikes the disk. */
type DiskFault = Extract<
  NodeFault,
  {
    readonly kind:
      | 'failSyncs'
      | 'lieSyncs'
      | 'failReads'
      | 'misdirectReads'
      | 'misdirectWrites'
      | 'snapshotDisk'
      | 'restoreDisk'
      | 'wipeDisk'
      | 'diskFull'
      | 'slowDisk'
      | 'bitRot';
  }
>;

function applyToDisk(node: SimulatedNode, fault: DiskFault): void {
  switch (fault.kind) {
    case 'failSyncs':
      node.device.plague('syncFailure', fault.count);
      break;
    case 'lieSyncs':
      node.device.plague('syncLie', fault.count);
      break;
    case 'failReads':
      node.device.plague('readFailure', fault.count);
      break;
    case 'misdirectReads':
      node.device.plague('readMisdirection', fault.count);
      break;
    case 'misdirectWrites':
      node.device.plague('writeMisdirection', fault.count);
      break;
    case 'snapshotDisk':
      node.snapshotDisk(fault.name);
      break;
    case 'restoreDisk':
      node.restoreDisk(fault.name);
      break;
    case 'wipeDisk':
      node.wipeDisk();
      break;
    case 'diskFull':
      node.device.setFull(fault.isFull);
      break;
    case 'slowDisk':
      node.device.slowDown(fault.factor);
      break;
    case 'bitRot':
      node.device.rot(fault.pathPrefix, fault.bitCount);
      break;
  }
}

type ClockFault = Extract<
  NodeFault,
  {
    readonly kind:
      'wallJump' | 'wallFreeze' | 'leapSmear' | 'drift' | 'lateTimers' | 'throttleTimers';
  }
>;

function applyToClock(clock: MachineClock, fault: ClockFault): void {
  switch (fault.kind) {
    case 'wallJump':
      clock.jumpWall(fault.byMs);
      break;
    case 'drift':
      clock.setDriftPpm(fault.ppm);
      break;
    case 'wallFreeze':
      if (fault.isFrozen) clock.freezeWall();
      else clock.thawWall();
      break;
    case 'leapSmear':
      clock.smearWall(fault.byMs, fault.overMs);
      break;
    case 'lateTimers':
      clock.delayTimers(fault.byMsMax);
      break;
    case 'throttleTimers':
      clock.throttle.change(fault.everyMs);
      break;
  }
}

type WideFault = Exclude<Fault, NodeFault>;

function applyToMany(targets: FaultTargets, fault: WideFault): void {
  const { network, livePoints } = targets;
  switch (fault.kind) {
    case 'calm':
      calm(targets);
      break;
    case 'swapDisks':
      nodeOf(targets, fault.left).swapDisks(nodeOf(targets, fault.right));
      break;
    case 'buggify':
      livePoints.switchOn(fault.share);
      break;
    case 'partition':
      network.partition(pairsOf(fault), fault.name ?? '');
      break;
    case 'ring':
      network.partition(ringOf(fault.nodes), fault.name ?? '');
      break;
    case 'heal':
      network.heal(fault.name);
      break;
    case 'clog':
      network.clog(pairsOf(fault));
      break;
    case 'unclog':
      network.unclog(pairsOf(fault));
      break;
    case 'reset': {
      const { left, right, noticedBy = 'both' } = fault;
      const noticing = { left: [left], right: [right], both: [left, right], neither: [] };
      network.reset(left, right, noticing[noticedBy]);
      break;
    }
    case 'network': {
      const { kind: _, ...options } = fault;
      network.change(options);
      break;
    }
  }
}

function pairsOf(fault: Extract<WideFault, { readonly direction?: unknown }>): BlockedPairs {
  return betweenGroups(fault.left, fault.right, fault.direction);
}

function calm({ network, nodes, livePoints }: FaultTargets): void {
  livePoints.switchOn(0);
  network.calm();
  for (const node of nodes.values()) {
    node.endTwin();
    node.device.repair();
    node.machineClock.calm();
    node.slowDown(0);
    node.resume();
    node.start();
  }
}

function nodeOf({ nodes }: FaultTargets, nodeId: string): SimulatedNode {
  const node = nodes.get(nodeId);
  if (node === undefined) {
    throw new RangeError(`node: expected a node of this simulation, got '${nodeId}'`);
  }
  return node;
}
