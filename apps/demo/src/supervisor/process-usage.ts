/** What a process costs the machine, as Linux tells it. */
import { readFileSync } from 'node:fs';

/** What a process used so far. */
export interface ProcessUsage {
  /** Time on processors since its start, in seconds. */
  readonly cpuSeconds: number;
  /** Memory that is its own or shared, in bytes. */
  readonly residentBytes: number;
}

/** Of every Linux that Node runs on; nobody has changed them for decades. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** What process `pid` used; undefined if it is gone, or the system does not tell. */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    // The name of the program stands in brackets, and may hold anything.
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?!.*\) )/);
    const [userTicks, systemTicks] = fields.split(' ').slice(11, 13).map(Number);
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
    const cpuSeconds = ((userTicks ?? 0) + (systemTicks ?? 0)) / TICKS_PER_SECOND;
    return { cpuSeconds, residentBytes: (pages ?? 0) * PAGE_BYTES };
  } catch {
    return undefined;
  }
}
