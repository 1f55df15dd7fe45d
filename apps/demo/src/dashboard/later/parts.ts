import type { FunctionComponent } from 'preact';

import { BoardsScreen } from '../boards/boards-screen.tsx';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { CheckScreen } from '../check/check-screen.tsx';
import { ControlScreen } from '../control/control-screen.tsx';
import type { ScreenId } from '../navigation/screens.ts';
import { ResilienceScreen } from '../resilience/resilience-screen.tsx';
import { RingScreen } from '../ring/ring-screen.tsx';
import { TraceScreen } from '../trace/trace-screen.tsx';

/** The name of a part of the page that nobody has to wait for at first. */
export type LaterId = Exclude<ScreenId, 'cluster'> | 'charts';

/** The screens but the first one, and the charts of that: they bring most of the scripts. */
export const laterParts: Readonly<Record<LaterId, FunctionComponent>> = {
  charts: ChartPanel,
  boards: BoardsScreen,
  trace: TraceScreen,
  ring: RingScreen,
  control: ControlScreen,
  resilience: ResilienceScreen,
  check: CheckScreen,
};
