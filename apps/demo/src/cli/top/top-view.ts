/** What `demo top` knows: the cluster as it was last told, and a minute of figures. */
import type {
  ChartMark,
  ChartPoint,
  ClusterView,
  PageEvent,
} from '../../supervisor/cluster-view.ts';

/** All that is shown. */
export interface TopView {
  readonly cluster: ClusterView | undefined;
  readonly points: readonly ChartPoint[];
  readonly marks: readonly ChartMark[];
  /** The id of the node that keys act on. */
  readonly chosen: string | undefined;
  /** What the last key came to, or why there is nothing new. */
  readonly message: string;
}

const pointsMax = 120;
const marksMax = 100;

export const emptyView: TopView = {
  ...{ cluster: undefined, points: [], marks: [], chosen: undefined, message: '' },
};

/** With what the demo told. */
export function withEvent(view: TopView, event: PageEvent): TopView {
  switch (event.kind) {
    case 'view': {
      const ids = event.view.nodes.map(({ id }) => id);
      const isThere = view.chosen !== undefined && ids.includes(view.chosen);
      return { ...view, cluster: event.view, chosen: isThere ? view.chosen : ids[0] };
    }
    case 'history': {
      const points = event.points.slice(-pointsMax);
      return { ...view, points, marks: event.marks.slice(-marksMax) };
    }
    case 'point':
      return { ...view, points: [...view.points, event.point].slice(-pointsMax) };
    case 'mark':
      return { ...view, marks: [...view.marks, event.mark].slice(-marksMax) };
    case 'messages':
      return view;
  }
}

/** With the node chosen that is so many below the one that is. */
export function withChoice(view: TopView, step: number): TopView {
  const ids = view.cluster?.nodes.map(({ id }) => id) ?? [];
  const at = ids.indexOf(view.chosen ?? '') + step;
  const chosen = ids[Math.min(Math.max(0, at), ids.length - 1)];
  return { ...view, chosen };
}
