import { MatrixPanel } from './matrix-panel.tsx';
import { PhiPanel } from './phi-panel.tsx';

/** How each node sees each other. */
export function ResilienceScreen() {
  return (
    <>
      <MatrixPanel />
      <PhiPanel />
    </>
  );
}
