import { KeyPanel } from './key-panel.tsx';
import { LogPanel } from './log-panel.tsx';
import { StateTable } from './state-table.tsx';

/** The replicated log, and the keys that follow from it. */
export function ControlScreen() {
  return (
    <>
      <div class="column wide">
        <LogPanel />
      </div>
      <div class="column narrow">
        <KeyPanel />
      </div>
      <StateTable />
    </>
  );
}
