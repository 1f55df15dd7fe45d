import type { FunctionComponent } from 'preact';

import { BoardsScreen } from '../boards/boards-screen.tsx';
import { CheckScreen } from '../check/check-screen.tsx';
import { ControlScreen } from '../control/control-screen.tsx';
import type { ScreenId } from '../navigation/screens.ts';
import { ResilienceScreen } from '../resilience/resilience-screen.tsx';
import { RingScreen } from '../ring/ring-screen.tsx';
import { TraceScreen } from '../trace/trace-screen.tsx';

/** The screens but the first one. They have much in common: together they are an eighth smaller. */
export const laterScreens: Readonly<Record<Exclude<ScreenId, 'cluster'>, FunctionComponent>> = {
  boards: BoardsScreen,
  trace: TraceScreen,
  ring: RingScreen,
  control: ControlScreen,
  resilience: ResilienceScreen,
  check: CheckScreen,
};
