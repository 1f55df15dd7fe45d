/** The dashboard: what the supervisor sends, drawn; what it can do, as buttons. */
import type { FunctionComponent } from 'preact';
import { render } from 'preact';

import { BoardsScreen } from './boards/boards-screen.tsx';
import { CheckScreen } from './check/check-screen.tsx';
import { ClusterScreen } from './cluster/cluster-screen.tsx';
import { CoachMark, followHints } from './coach/coach-mark.tsx';
import { SourcePanel } from './coach/source-panel.tsx';
import { ControlScreen } from './control/control-screen.tsx';
import { connectFeed } from './feed.ts';
import { Header } from './header.tsx';
import { KeyHelp } from './key-help.tsx';
import { Navigation } from './navigation/navigation.tsx';
import { followAddress, screen } from './navigation/route.ts';
import type { ScreenId } from './navigation/screens.ts';
import { ResilienceScreen } from './resilience/resilience-screen.tsx';
import { RingScreen } from './ring/ring-screen.tsx';
import { listenToKeys } from './shortcuts.ts';
import { connectSimBar } from './sim-bar.tsx';
import { isSimulated } from './source/source.ts';
import { connectTimeBar, TimeBar } from './time/time-bar.tsx';
import { TraceScreen } from './trace/trace-screen.tsx';

const components: Readonly<Record<ScreenId, FunctionComponent>> = {
  cluster: ClusterScreen,
  boards: BoardsScreen,
  trace: TraceScreen,
  ring: RingScreen,
  control: ControlScreen,
  resilience: ResilienceScreen,
  check: CheckScreen,
};

function Page() {
  const Screen = components[screen.value.id];
  return (
    <>
      <Navigation />
      <div class="screen">
        <Header />
        <main class={`on-${screen.value.id}`}>
          <Screen />
        </main>
      </div>
      <TimeBar />
      <KeyHelp />
      <SourcePanel />
      <CoachMark />
    </>
  );
}

const root = document.getElementById('page');
// What the document said until now.
root?.replaceChildren();
if (root) render(<Page />, root);
followAddress();
connectFeed();
if (isSimulated) connectSimBar();
connectTimeBar();
listenToKeys();
followHints();
