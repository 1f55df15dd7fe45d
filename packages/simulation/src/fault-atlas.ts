/**
 * Which nodes faults may take something from that is not given back.
 *
 * A protocol that keeps copies survives the loss of some, and no protocol the loss of all. Faults
 * that strike anybody's disk soon have every copy, and then every failure is noise. So it is drawn
 * once for a schedule who may be struck, as few as the protocol claims to survive, and every fault
 * keeps to it. There are three kinds of harm, each with a claim of its own:
 *
 * ```text
 *   damage    bytes are wrong or cannot be read, and        bitRot, failReads, misdirectReads
 *             checksums that cover their place show it
 *   amnesia   the node has less than it said was durable,   misdirectWrites, lieSyncs, wipeDisk,
 *             or something older, and nothing shows it      restoreDisk, swapDisks
 *   twins     two processes act under one name              twin
 * ```
 *
 * A write that goes astray is *amnesia*: where it was meant to be, all is as it was before. To a
 * log whose last batch that was, it was never written.
 *
 * Those who may be struck by the lesser harm come first in one order, and the others are among
 * them, so that all kinds together never strike more than the largest of the three claims.
 *
 * Source: TigerBeetle, "VOPR", its ClusterFaultAtlas; Alagappan et al., "Protocol-Aware Recovery
 * for Consensus-Based Storage", FAST 2018, for what recovery from damage needs.
 */
import type { Random } from '@quorate/transport';

import { type Fault, nodesOf } from './fault.ts';
import { shuffled } from './troubles/trouble.ts';

/** How many nodes each kind of harm may strike. */
export interface HarmLimits {
  readonly damagedMax: number;
  readonly amnesiacMax: number;
  readonly twinsMax: number;
}

/** Who may be struck. */
export interface FaultAtlas {
  readonly damageable: readonly string[];
  readonly forgetful: readonly string[];
  readonly twinnable: readonly string[];
}

/** Chooses who may be struck. */
export function drawAtlas(
  random: Random,
  nodeIds: readonly string[],
  { damagedMax, amnesiacMax, twinsMax }: HarmLimits,
): FaultAtlas {
  const order = shuffled(nodeIds, random);
  return {
    damageable: order.slice(0, damagedMax),
    forgetful: order.slice(0, amnesiacMax),
    twinnable: order.slice(0, twinsMax),
  };
}

const harmfulKinds: ReadonlySet<Fault['kind']> = new Set([
  'bitRot',
  'failReads',
  'misdirectReads',
  'misdirectWrites',
  'lieSyncs',
  'wipeDisk',
  'restoreDisk',
  'swapDisks',
  'twin',
]);

/**
 * The nodes that `faults` may take something from that was durable: what they say after a restart
 * need not agree with what they said before it.
 *
 * @example
 * ```ts
 * import { damagedNodes } from '@quorate/simulation';
 *
 * const nodes = damagedNodes([
 *   { kind: 'crash', node: 'n1' },
 *   { kind: 'wipeDisk', node: 'n2' },
 * ]);
 * [...nodes]; // => ['n2']
 * ```
 */
export function damagedNodes(faults: readonly Fault[]): ReadonlySet<string> {
  return new Set(faults.filter(({ kind }) => harmfulKinds.has(kind)).flatMap(nodesOf));
}
