/** What is wrong with the machine under a simulated node, in the simulator's own faults. */
import type { Fault } from '@quorate/simulation';

import type { MachineFaults } from '../machine-faults.ts';
import type { ScenarioStep } from '../scenarios/scenario.ts';

/** What a sync takes on a healthy disk, in ms: the simulator slows a disk by a factor. */
const SYNC_MS = 1.75;

type MachineStep = ScenarioStep extends infer Step
  ? Step extends { readonly kind: 'slowDisk' | 'diskFull' | 'skew' }
    ? Omit<Step, 'atMs'>
    : never
  : never;

/** What to do so that a machine is as `wanted`. */
export function machineSteps(
  node: MachineStep['node'],
  present: MachineFaults,
  wanted: MachineFaults,
): readonly MachineStep[] {
  const { isDiskFull, syncDelayMs, clockSkewMs } = wanted;
  const byMs = clockSkewMs - present.clockSkewMs;
  const isSlower = syncDelayMs !== present.syncDelayMs;
  return [
    ...(isDiskFull === present.isDiskFull
      ? []
      : [{ kind: 'diskFull', node, isFull: isDiskFull } as const]),
    ...(isSlower ? [{ kind: 'slowDisk', node, factor: 1 + syncDelayMs / SYNC_MS } as const] : []),
    ...(byMs === 0 ? [] : [{ kind: 'skew', node, byMs } as const]),
  ];
}

/** What is wrong with a machine after one of the faults that strike machines. */
export function afterFault(present: MachineFaults, fault: Fault): MachineFaults {
  switch (fault.kind) {
    case 'diskFull':
      return { ...present, isDiskFull: fault.isFull };
    case 'slowDisk':
      return { ...present, syncDelayMs: Math.round((fault.factor - 1) * SYNC_MS) };
    case 'wallJump':
      return { ...present, clockSkewMs: present.clockSkewMs + fault.byMs };
    case 'calm':
      // Calendars stay where they have got to.
      return { ...present, isDiskFull: false, syncDelayMs: 0 };
    default:
      return present;
  }
}

/** Whether a fault strikes the disk or the wall clock of one machine. */
export function isOfMachine({ kind }: Fault): boolean {
  return kind === 'diskFull' || kind === 'slowDisk' || kind === 'wallJump';
}
