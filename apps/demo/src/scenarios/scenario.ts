/**
 * A story that a cluster goes through, as data: who writes how much, what goes wrong when, and what
 * must hold all the same. The page plays it, and the tests hold it to its claims.
 */
import type { Fault } from '@quorate/simulation';
import * as v from 'valibot';

import { boardStatuses } from '../board/board-status.ts';
import { linkFaults } from '../supervisor/link-faults.ts';

/** A node by its id, or by what it is when the step comes. */
/** All nodes that there can be. */
export const nodeNames = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9'] as const;
const node = v.picklist([...nodeNames, 'leader', 'follower', 'otherFollower']);
const atMs = v.pipe(v.number(), v.minValue(0), v.maxValue(600_000));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const positive = v.pipe(v.number(), v.minValue(1), v.maxValue(600_000));
const rate = v.pipe(v.number(), v.minValue(0), v.maxValue(1_000));
const status = v.picklist(boardStatuses);

/** The data of one thing that is done. */
export const stepSchema = v.variant('kind', [
  v.strictObject({ atMs, kind: v.picklist(['kill', 'restart', 'pause', 'resume']), node }),
  v.strictObject({ atMs, kind: v.literal('wipe'), node }),
  v.strictObject({
    atMs,
    kind: v.literal('partition'),
    left: v.array(node),
    right: v.union([v.array(node), v.literal('others')]),
    isOneWay: v.optional(v.boolean(), false),
  }),
  v.strictObject({ atMs, kind: v.literal('heal') }),
  v.strictObject({ atMs, kind: v.literal('slowDisk'), node, factor: positive }),
  v.strictObject({ atMs, kind: v.literal('diskFull'), node, isFull: v.boolean() }),
  v.strictObject({ atMs, kind: v.literal('skew'), node, byMs: v.number() }),
  v.strictObject({ atMs, kind: v.literal('lose'), share }),
  v.strictObject({ atMs, kind: v.literal('duplicate'), share }),
  v.strictObject({ atMs, kind: v.literal('delay'), medianMs: positive }),
  /** A new node is started and let in; or one that left comes back, without its data. */
  v.strictObject({ atMs, kind: v.literal('join'), node: v.picklist(nodeNames) }),
  v.strictObject({ atMs, kind: v.literal('leave'), node }),
  /** Edits and reads of boards, and requests for keys, per second. */
  v.strictObject({
    ...{ atMs, kind: v.literal('load'), edits: rate, config: rate, reads: v.optional(rate) },
  }),
  v.strictObject({ atMs, kind: v.literal('calm') }),
  /** Reads of the configuration ask a majority, as they must, or one node alone: a broken rule. */
  v.strictObject({ atMs, kind: v.literal('reads'), mode: v.picklist(['index', 'stale']) }),
  /** All that is wrong with single links from now on. */
  v.strictObject({ atMs, kind: v.literal('links'), ...linkFaults.entries }),
  /** Somebody at a node sets the status of every board. */
  v.strictObject({ atMs, kind: v.literal('status'), node, status }),
]);

const claim = v.variant('kind', [
  /** Every edit that was confirmed is in every copy at the end. */
  v.strictObject({ kind: v.literal('nothingLost') }),
  /** All copies of each board are equal at the end. */
  v.strictObject({ kind: v.literal('converged') }),
  /** No node hands on an effect of a board without its cause. */
  v.strictObject({ kind: v.literal('causal') }),
  /** What clients saw of the configuration could be one copy of it. */
  v.strictObject({ kind: v.literal('linearizable') }),
  /** Between two times, so large a share of edits, or of configuration, was done. */
  v.strictObject({
    kind: v.literal('answered'),
    of: v.picklist(['edits', 'config']),
    fromMs: atMs,
    untilMs: atMs,
    shareMin: v.optional(share, 0),
    shareMax: v.optional(share, 1),
  }),
  /** At `atMs` there is a leader of a newer term than `sinceMs` before. */
  v.strictObject({ kind: v.literal('newLeader'), fromMs: atMs, withinMs: positive }),
  /** Between leaders at least one term passed that nobody won. */
  v.strictObject({ kind: v.literal('lostVote'), fromMs: atMs }),
  /** In a time all other nodes had an open breaker about one; later nobody has. */
  v.strictObject({
    ...{ kind: v.literal('breakers'), about: v.picklist(['n1', 'n2', 'n3', 'n4', 'n5']) },
    ...{ fromMs: atMs, untilMs: atMs },
  }),
  /** At the end each board is on three nodes, all of them members. */
  v.strictObject({ kind: v.literal('threeCopies') }),
  /** No request went to an owner that had its share while another had room; and some overflowed. */
  v.strictObject({ kind: v.literal('boundedLoad') }),
  /** Other owners were asked after one that failed, and not more often than the budget allows. */
  v.strictObject({ kind: v.literal('boundedRetries') }),
  /**
   * At a time, each copy of a board to which all of these were set has them and no others: one as
   * its status, the others as conflicts. There is such a board.
   */
  v.strictObject({
    ...{ kind: v.literal('statuses'), atMs },
    statuses: v.pipe(v.array(status), v.minLength(1)),
  }),
]);

/** The data of a scenario. */
export const scenarioSchema = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z-]+$/)),
  title: v.string(),
  /** What happens, in one or two sentences. */
  text: v.string(),
  /** Clients that write boards, and requests of each kind in a second, to begin with. */
  load: v.strictObject({ edits: rate, config: rate, boards: positive }),
  steps: v.array(stepSchema),
  /** When the load ends. Everything is repaired then, and the claims are looked at later. */
  durationMs: positive,
  claims: v.pipe(v.array(claim), v.minLength(1)),
});

/** One scenario. */
export type Scenario = v.InferOutput<typeof scenarioSchema>;

/** One thing that is done. */
export type ScenarioStep = Scenario['steps'][number];

/** One thing that must hold. */
export type Claim = Scenario['claims'][number];

/** A node as a step names it. */
export type StepNode = v.InferOutput<typeof node>;

/** What a step does to the simulator, if it is a fault; `nodeOf` finds a node by its part. */
export function faultsOf(
  step: ScenarioStep,
  nodeOf: (node: StepNode) => string,
  allNodes: readonly string[],
): readonly Fault[] {
  switch (step.kind) {
    case 'kill':
      return [{ kind: 'crash', node: nodeOf(step.node), mode: 'power' }];
    case 'restart':
    case 'pause':
    case 'resume':
      return [{ kind: step.kind, node: nodeOf(step.node) }];
    case 'wipe':
      return [{ kind: 'wipeDisk', node: nodeOf(step.node) }];
    case 'partition': {
      const left = step.left.map(nodeOf);
      const right =
        step.right === 'others'
          ? allNodes.filter((id) => !left.includes(id))
          : step.right.map(nodeOf);
      const direction = step.isOneWay ? { direction: 'forward' as const } : {};
      return [{ kind: 'partition', left, right, ...direction }];
    }
    case 'heal':
    case 'calm':
      return [{ kind: step.kind }];
    case 'slowDisk':
      return [{ kind: 'slowDisk', node: nodeOf(step.node), factor: step.factor }];
    case 'diskFull':
      return [{ kind: 'diskFull', node: nodeOf(step.node), isFull: step.isFull }];
    case 'skew':
      return [{ kind: 'wallJump', node: nodeOf(step.node), byMs: step.byMs }];
    case 'lose':
      return [{ kind: 'network', lossRate: step.share }];
    case 'duplicate':
      return [{ kind: 'network', duplicationRate: step.share }];
    case 'delay':
      return [
        {
          kind: 'network',
          delay: { kind: 'lognormal', minMs: 0.5, medianMs: step.medianMs, sigma: 0.5 },
        },
      ];
    case 'links':
    case 'join':
    case 'leave':
    case 'load':
    case 'reads':
    case 'status':
      return [];
  }
}
