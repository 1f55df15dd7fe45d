/** The dashboard: what the supervisor sends, drawn; what it can do, as buttons. */
import { render } from 'preact';

import { ClusterScreen } from './cluster/cluster-screen.tsx';
import { CoachMark, followHints } from './coach/coach-mark.tsx';
import { SourcePanel } from './coach/source-panel.tsx';
import { connectFeed } from './feed.ts';
import { Header } from './header.tsx';
import { KeyHelp } from './key-help.tsx';
import { Later } from './later/later.tsx';
import { Navigation } from './navigation/navigation.tsx';
import { followAddress, screen } from './navigation/route.ts';
import { listenToKeys } from './shortcuts.ts';
import { connectSimBar } from './sim-bar.tsx';
import { isSimulated } from './source/source.ts';
import { connectTimeBar, TimeBar } from './time/time-bar.tsx';

function Page() {
  const { id } = screen.value;
  return (
    <>
      <Navigation />
      <div class="screen">
        <Header />
        <main class={`on-${id}`}>{id === 'cluster' ? <ClusterScreen /> : <Later id={id} />}</main>
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
