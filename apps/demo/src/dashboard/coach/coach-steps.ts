/** What the first minute shows, one sentence at a time; each step ends when it has been done. */
import type { ScreenId } from '../navigation/screens.ts';
import type { ClusterView } from '../../supervisor/cluster-view.ts';

/** What there is to see of what the reader did. */
export interface Scene {
  readonly view: ClusterView | undefined;
  readonly screenId: ScreenId;
}

/** One hint. */
export interface CoachStep {
  readonly id: string;
  /** What it points at, as a selector. */
  readonly anchor: string;
  readonly sentence: string;
  /** Whether the reader has done it, or the cluster has; a step without end is the last one. */
  readonly isDone?: (scene: Scene) => boolean;
}

const hasStopped = ({ view }: Scene): boolean =>
  view?.nodes.some(({ process }) => process === 'stopped') ?? false;

const hasElected = ({ view }: Scene): boolean =>
  view?.nodes.some(({ status }) => (status?.raft.term ?? 0) > 0) ?? false;

const isCut = ({ view }: Scene): boolean =>
  (view?.groups.length ?? 0) > 1 || (view?.links?.some(({ kind }) => kind === 'cut') ?? false);

/** All of them, in order. */
export const coachSteps: readonly CoachStep[] = [
  {
    id: 'kill',
    anchor: '.node.leader',
    sentence: 'Press K and click the crown: the leader loses power.',
    // Not before the nodes have begun.
    isDone: (scene) => hasStopped(scene) && hasElected(scene),
  },
  {
    id: 'elect',
    anchor: '.strip .figure',
    sentence: 'The others hear nothing, their waits run out, and one of them takes the crown.',
    isDone: ({ view }) => (view?.leaderId ?? null) !== null,
  },
  {
    id: 'heal',
    anchor: '.tool.heal',
    sentence: 'Press H: the node starts again, on the disk that it left.',
    isDone: (scene) => scene.view !== undefined && !hasStopped(scene),
  },
  {
    id: 'cut',
    anchor: '[data-tool=cut]',
    sentence: 'Press X and draw a line: two nodes on one side, three on the other.',
    isDone: isCut,
  },
  {
    id: 'boards',
    anchor: '.navigation a[href="#boards"]',
    sentence: 'Keys are read-only without a quorum; boards are not. Open them: g, then b.',
    isDone: ({ screenId }) => screenId === 'boards',
  },
  {
    id: 'conflict',
    anchor: '.strip .figure',
    sentence: 'Choose another status on each side, then press H to heal the cut.',
    isDone: (scene) => scene.view !== undefined && !isCut(scene),
  },
  {
    id: 'verdict',
    anchor: '.verdict',
    sentence: 'The copies become equal, and nothing that was confirmed is lost.',
  },
];

/** The step that is shown after `step`, as the scene is; undefined after the last one. */
export function stepAfter(step: CoachStep, scene: Scene): CoachStep | undefined {
  if (step.isDone?.(scene) !== true) return step;
  return coachSteps[coachSteps.indexOf(step) + 1];
}
