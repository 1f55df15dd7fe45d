import type { FaultEvent } from '../fault.ts';
import { killOf, strikingOne } from './faulty-nodes.ts';
import { type Arrival, type Drawing, shuffled, span, type Trouble } from './trouble.ts';

/**
 * Trouble with what runs, rather than with what it runs on.
 *
 * - `twin`: a node is started a second time while it runs, or stands still and later goes on. Only
 *   nodes that may have twins.
 * - `upgrade`: all nodes go to the next release, one by one: each stops or is killed, and starts
 *   anew. As long as there is a next one, and with nobody left behind.
 * - `buggify`: half of the code's buggify points, on all nodes.
 */
export type ProcessTrouble = 'twin' | 'upgrade' | 'buggify';

/** How each is drawn. */
export const processTroubles: Readonly<Record<ProcessTrouble, Trouble>> = {
  twin: strikingOne(
    ({ twinnable }) => twinnable,
    (arrival, node) => {
      const { fromMs, toMs, random } = arrival;
      if (random.int(2) === 0) {
        return span(arrival, { kind: 'twin', node }, { kind: 'endTwin', node });
      }
      const quarterMs = (toMs - fromMs) / 4;
      return [
        { atMs: fromMs, kind: 'pause', node },
        { atMs: Math.round(fromMs + quarterMs), kind: 'twin', node },
        { atMs: Math.round(fromMs + 2 * quarterMs), kind: 'resume', node },
        { atMs: toMs, kind: 'endTwin', node },
      ];
    },
  ),

  upgrade: (arrival, drawing) => {
    const { releases, waves, busy } = drawing;
    const release = releases[waves.count + 1];
    if (release === undefined || arrival.fromMs <= waves.endMs) return [];
    const steps = stepsOf(arrival, drawing);
    if (steps.length < drawing.nodeIds.length) return [];
    waves.count += 1;
    waves.endMs = arrival.toMs;
    for (const { node, fromMs, toMs } of steps) busy.add(node, fromMs, toMs);
    return steps.flatMap((step) => upgradeOf(arrival, step, release));
  },

  buggify: (arrival) =>
    span(arrival, { kind: 'buggify', share: 0.5 }, { kind: 'buggify', share: 0 }),
};

/** With less time than this for each node, turns would overlap. */
const shortestTurnMs = 4;

/** One node of a wave, and when it is down. */
interface Step {
  readonly node: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Each node in its turn, as far as those that are well reach. */
function stepsOf({ fromMs, toMs, random }: Arrival, { nodeIds, busy }: Drawing): readonly Step[] {
  const turnMs = (toMs - fromMs) / nodeIds.length;
  if (turnMs < shortestTurnMs) return [];
  const left = [...shuffled(nodeIds, random)];
  const steps: Step[] = [];
  while (left.length > 0) {
    const downMs = Math.round(fromMs + steps.length * turnMs);
    // Nodes have a while between two turns in which all of them run.
    const upMs = Math.round(downMs + turnMs / 2);
    const free = busy.free(downMs, upMs);
    const at = left.findIndex((node) => free.includes(node));
    const [node] = at < 0 ? [] : left.splice(at, 1);
    if (node === undefined) break;
    steps.push({ node, fromMs: downMs, toMs: upMs });
  }
  return steps;
}

function upgradeOf(
  arrival: Arrival,
  { node, fromMs, toMs }: Step,
  release: number,
): readonly FaultEvent[] {
  const killMs = Math.round((fromMs + toMs) / 2);
  const isGraceful = arrival.random.int(2) === 0;
  return [
    ...(isGraceful ? [{ atMs: fromMs, kind: 'stop', node } as const] : []),
    // Who has not stopped by then is killed, as supervisors do.
    { atMs: isGraceful ? killMs : fromMs, ...killOf(arrival, node) },
    { atMs: killMs, kind: 'upgrade', node, release },
    { atMs: toMs, kind: 'restart', node },
  ];
}
