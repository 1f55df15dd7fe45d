import type { SimulatedNode } from './crashes.ts';
import { betweenGroups, type BlockedPairs, ringOf } from './partitions.ts';
import type { Fault } from './fault.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { MachineClock } from './machine-clock.ts';

/** What faults strike. */
export interface FaultTargets {
  readonly network: SimulatedNetwork;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
}

/** Lets `fault` take effect now. @throws RangeError if it names a node that is not there. */
export function applyFault(targets: FaultTargets, fault: Fault): void {
  if (fault.kind === 'calm') calm(targets);
  else if ('node' in fault) applyToNode(nodeOf(targets, fault.node), fault);
  else applyToNetwork(targets.network, fault);
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
    case 'failSyncs':
      node.device.failSyncs(fault.count);
      break;
    case 'failReads':
      node.device.failReads(fault.count);
      break;
    case 'misdirectWrites':
      node.device.misdirectWrites(fault.count);
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

type NetworkFault = Exclude<Fault, NodeFault | { readonly kind: 'calm' }>;

function applyToNetwork(network: SimulatedNetwork, fault: NetworkFault): void {
  switch (fault.kind) {
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

function pairsOf(fault: Extract<NetworkFault, { readonly direction?: unknown }>): BlockedPairs {
  return betweenGroups(fault.left, fault.right, fault.direction);
}

function calm({ network, nodes }: FaultTargets): void {
  network.calm();
  for (const node of nodes.values()) {
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
