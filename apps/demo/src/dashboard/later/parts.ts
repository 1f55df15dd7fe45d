import type { FunctionComponent } from 'preact';

import type { ScreenId } from '../navigation/screens.ts';

/** The name of a part of the page that nobody has to wait for at first. */
export type LaterId = Exclude<ScreenId, 'cluster'> | 'charts';

/** Loads a part: the charts of the first screen, or one of the other screens. */
export async function loadPartOf(id: LaterId): Promise<FunctionComponent> {
  if (id === 'charts') return (await import('../charts/chart-panel.tsx')).ChartPanel;
  return (await import('./later-screens.ts')).laterScreens[id];
}
