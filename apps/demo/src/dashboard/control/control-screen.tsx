import { KeyPanel } from './key-panel.tsx';
import { LogPanel } from './log-panel.tsx';
import { NodesPanel } from './nodes-panel.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { StateTable } from './state-table.tsx';

/** The replicated log, who takes part in it, and the keys that follow from it. */
export function ControlScreen() {
  return (
    <>
      <div class="column wide">
        <LogPanel />
        <NodesPanel />
      </div>
      <div class="column narrow">
        <KeyPanel />
        <SettingsPanel />
      </div>
      <StateTable />
    </>
  );
}
