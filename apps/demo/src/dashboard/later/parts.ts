import type { FunctionComponent } from 'preact';

import type { ScreenId } from '../navigation/screens.ts';

/** The name of a part of the page that nobody has to wait for at first. */
export type LaterId = Exclude<ScreenId, 'cluster'> | 'charts';

/** Parts by their names. */
export type LaterParts = Readonly<Partial<Record<LaterId, FunctionComponent>>>;

/** Loads a part, and those that come with it: the charts, or all of the other screens. */
export async function loadPartsOf(id: LaterId): Promise<LaterParts> {
  if (id === 'charts') return { charts: (await import('../charts/chart-panel.tsx')).ChartPanel };
  return (await import('./later-screens.ts')).laterScreens;
}
