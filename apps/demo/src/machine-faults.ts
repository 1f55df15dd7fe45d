/** What can be wrong with the machine under a node: its disk, and its wall clock. */
import * as v from 'valibot';

/** An hour: what a wrong time zone does. */
const SKEW_MS_MAX = 3_600_000;
const SYNC_DELAY_MS_MAX = 60_000;

const fields = {
  /** There is no room: no file can grow. */
  isDiskFull: v.boolean(),
  /** Each sync of a file takes so much longer, in ms. */
  syncDelayMs: v.pipe(v.number(), v.minValue(0), v.maxValue(SYNC_DELAY_MS_MAX)),
  /** The wall clock is ahead by so much, in ms, or behind if negative. Time passes as it should. */
  clockSkewMs: v.pipe(v.number(), v.integer(), v.minValue(-SKEW_MS_MAX), v.maxValue(SKEW_MS_MAX)),
};

/** All that is wrong with a machine. */
export const machineFaults = v.strictObject(fields);

/** What becomes different. What is left out stays. */
export const machineChange = v.pipe(
  v.strictObject({
    isDiskFull: v.exactOptional(fields.isDiskFull),
    syncDelayMs: v.exactOptional(fields.syncDelayMs),
    clockSkewMs: v.exactOptional(fields.clockSkewMs),
  }),
  v.check((change) => Object.keys(change).length > 0, `expected ${Object.keys(fields).join()}`),
);

/** All that is wrong with a machine. */
export type MachineFaults = v.InferOutput<typeof machineFaults>;

/** What becomes different about it. */
export type MachineChange = v.InferOutput<typeof machineChange>;

/** A machine as it should be. */
export const soundMachine: MachineFaults = { isDiskFull: false, syncDelayMs: 0, clockSkewMs: 0 };

/** Whether nothing is wrong. */
export function isSound({ isDiskFull, syncDelayMs, clockSkewMs }: MachineFaults): boolean {
  return !isDiskFull && syncDelayMs === 0 && clockSkewMs === 0;
}

/** What is wrong in a line: `disk full, wall clock +2000 ms`. */
export function machineText({ isDiskFull, syncDelayMs, clockSkewMs }: MachineFaults): string {
  const parts = [
    ...(isDiskFull ? ['disk full'] : []),
    ...(syncDelayMs > 0 ? [`syncs ${syncDelayMs} ms slower`] : []),
    ...(clockSkewMs === 0 ? [] : [`wall clock ${clockSkewMs > 0 ? '+' : ''}${clockSkewMs} ms`]),
  ];
  return parts.length === 0 ? 'disk and wall clock as they should be' : parts.join(', ');
}
