import { GuardCharts } from './guard-charts.tsx';
import { LimitPanel } from './limit-panel.tsx';
import { MatrixPanel } from './matrix-panel.tsx';
import { PhiPanel } from './phi-panel.tsx';

/** How each node sees each other, and what the guards did about it. */
export function ResilienceScreen() {
  return (
    <>
      <MatrixPanel />
      <GuardCharts />
      <LimitPanel />
      <PhiPanel />
    </>
  );
}
