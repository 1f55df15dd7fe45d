export type { Buggify } from './buggify.ts';
export type { BurstyLoss } from './bursty-loss.ts';
export type { NodeEnvironment, NodeProcess, NodeStart, NodeState } from './crashes.ts';
export type { DelayDistribution } from './delay-distribution.ts';
export type { CrashKind } from './disk-device.ts';
export type { DiskOptions } from './disk-options.ts';
export { expectHolds } from './expect-holds.ts';
export { AmbientAccessError, SimulationFailure } from './errors.ts';
export {
  type Failure,
  huntSeed,
  huntSeeds,
  type RunOptions,
  type RunResult,
  runScenario,
} from './hunt.ts';
export { InvariantViolation } from './invariant.ts';
export { damagedNodes } from './fault-atlas.ts';
export type { NetworkOptions } from './network-options.ts';
export type { PartitionDirection } from './partitions.ts';
export { randomSchedule, type RandomScheduleOptions, type TroubleKind } from './random-schedule.ts';
export type { BetweenGroups, Fault, FaultEvent, NetworkChange } from './fault.ts';
export { parseSchedule, printSchedule } from './schedule.ts';
export { chartSvg, chartText } from './sequence-chart.ts';
export type { SameTimeOrder } from './scheduler.ts';
export { seeds } from './seeds.ts';
export { ddmin, shrink, type ShrinkOptions, type Shrunk } from './shrink.ts';
export { Simulation, type SimulationOptions } from './simulation.ts';
export { drawScenario, type SwarmOptions } from './swarm.ts';
export type { MessageDescriber, Trace, TraceKind, TraceLine, TraceOptions } from './trace.ts';
export type { AmnesiaTrouble } from './troubles/amnesia.ts';
export type { ClockTrouble } from './troubles/clocks.ts';
export type { DamageTrouble } from './troubles/damage.ts';
export type { DiskTrouble } from './troubles/disks.ts';
export type { FaultyNodeTrouble } from './troubles/faulty-nodes.ts';
export type { LimpingNodeTrouble } from './troubles/limping-nodes.ts';
export type { LinkTrouble } from './troubles/links.ts';
export type { NetworkTrouble } from './troubles/network.ts';
export type { PartitionTrouble } from './troubles/partitions.ts';
export type { ProcessTrouble } from './troubles/processes.ts';
export type { ChartOptions } from './chart-rows.ts';
export type { ClockOptions } from './clock-options.ts';
export {
  BrokenPromise,
  type Claims,
  type ClientOperation,
  type Experiment,
  type Field,
  nodeIdsOf,
  parseScenario,
  printScenario,
  type Scenario,
  type Tuning,
  type Workload,
} from './workload.ts';
