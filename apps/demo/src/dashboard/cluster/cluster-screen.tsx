import { Later } from '../later/later.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { LoadPanel } from './load-panel.tsx';
import { NodePanel } from './node-panel.tsx';
import { RingPanel } from './ring-panel.tsx';

/** The nodes, their links, and what can be done to both. */
export function ClusterScreen() {
  return (
    <>
      <div class="column wide">
        <RingPanel />
        <Later id="charts" />
      </div>
      <div class="column narrow">
        <LoadPanel />
        <NodePanel />
        <HistoryPanel />
      </div>
    </>
  );
}
