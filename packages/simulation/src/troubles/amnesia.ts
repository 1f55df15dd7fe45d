import type { Fault, FaultEvent } from '../fault.ts';
import { killOf, type Strike, strikingOne } from './faulty-nodes.ts';
import { type Arrival, logUniform, shuffled, type Trouble } from './trouble.ts';

/**
 * Trouble after which a node has less than it said was durable, and cannot know. It strikes only
 * nodes that may forget: few protocols claim to survive it.
 *
 * - `lieSync`: syncs that keep nothing, then power loss.
 * - `misdirectWrite`: writes land elsewhere, then the process is killed.
 * - `wipeDisk`: power loss, and an empty disk. `restoreDisk`: one as it was some time before.
 * - `swapDisks`: two nodes lose power, and come back each with the disk of the other.
 */
export type AmnesiaTrouble =
  'lieSync' | 'misdirectWrite' | 'wipeDisk' | 'restoreDisk' | 'swapDisks';

const forgetful = (strike: Strike): Trouble => strikingOne((drawing) => drawing.forgetful, strike);

/** How each is drawn. */
export const amnesiaTroubles: Readonly<Record<AmnesiaTrouble, Trouble>> = {
  lieSync: forgetful((arrival, node) => {
    const count = Math.round(logUniform(arrival.random, 1, 100));
    return unsettled(arrival, { kind: 'lieSyncs', node, count }, powerLoss(node));
  }),

  misdirectWrite: forgetful((arrival, node) => {
    const count = 1 + arrival.random.int(3);
    return unsettled(arrival, { kind: 'misdirectWrites', node, count }, killOf(arrival, node));
  }),

  wipeDisk: forgetful((arrival, node) => changedDisk(arrival, [node], { kind: 'wipeDisk', node })),

  restoreDisk: forgetful((arrival, node, { fromMs }) => {
    const { name } = arrival;
    const atMs = Math.round(fromMs + arrival.random.float() * (arrival.fromMs - fromMs));
    return [
      { atMs, kind: 'snapshotDisk', node, name },
      ...changedDisk(arrival, [node], { kind: 'restoreDisk', node, name }),
    ];
  }),

  swapDisks: (arrival, drawing) => {
    const { fromMs, toMs, random } = arrival;
    const free = drawing.busy.free(fromMs, toMs, 2);
    const [left, right] = shuffled(
      drawing.forgetful.filter((node) => free.includes(node)),
      random,
    );
    if (left === undefined || right === undefined) return [];
    for (const node of [left, right]) drawing.busy.add(node, fromMs, toMs);
    return changedDisk(arrival, [left, right], { kind: 'swapDisks', left, right });
  },
};

type CountedFault = Extract<Fault, { readonly count: number }>;

/** `fault` is at work until `crash` ends it. */
function unsettled(
  { fromMs, toMs }: Arrival,
  fault: CountedFault,
  crash: Fault,
): readonly FaultEvent[] {
  const midMs = Math.round((fromMs + toMs) / 2);
  return [
    { atMs: fromMs, ...fault },
    { atMs: midMs, ...crash },
    { atMs: midMs, ...fault, count: 0 },
    { atMs: toMs, kind: 'restart', node: fault.node },
  ];
}

/** While `nodes` are down, `change` happens to their disks. */
function changedDisk(
  { fromMs, toMs }: Arrival,
  nodes: readonly string[],
  change: Fault,
): readonly FaultEvent[] {
  return [
    ...nodes.map((node) => ({ atMs: fromMs, ...powerLoss(node) })),
    { atMs: Math.round((fromMs + toMs) / 2), ...change },
    ...nodes.map((node) => ({ atMs: toMs, kind: 'restart', node }) as const),
  ];
}

function powerLoss(node: string): Fault {
  return { kind: 'crash', node, mode: 'power' };
}
