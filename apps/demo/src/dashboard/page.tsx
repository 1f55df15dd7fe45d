/** The page of the demo: what the supervisor sends, drawn; what it can do, as buttons. */
import { render } from 'preact';

import { ChartPanel } from './chart-panel.tsx';
import { connectFeed } from './feed.ts';
import { Header } from './header.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { KeyPanel } from './key-panel.tsx';
import { LoadPanel } from './load-panel.tsx';
import { LogPanel } from './log-panel.tsx';
import { NodePanel } from './node-panel.tsx';
import { PartitionPanel } from './partition-panel.tsx';
import { RingPanel } from './ring-panel.tsx';
import { listenToKeys } from './shortcuts.ts';
import { StateTable } from './state-table.tsx';

function Page() {
  return (
    <>
      <Header />
      <main>
        <div class="column wide">
          <RingPanel />
          <LogPanel />
          <ChartPanel />
        </div>
        <div class="column narrow">
          <NodePanel />
          <PartitionPanel />
          <LoadPanel />
          <KeyPanel />
          <HistoryPanel />
        </div>
        <StateTable />
      </main>
    </>
  );
}

const root = document.getElementById('page');
if (root) render(<Page />, root);
connectFeed();
listenToKeys();
