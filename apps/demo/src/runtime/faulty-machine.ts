/** The machine under a node, as wrong as somebody asked for. */
import type { Disk } from '@quorate/storage';
import type { Clock } from '@quorate/transport';

import type { MachineFaults } from '../machine-faults.ts';
import { FaultyDisk } from './faulty-disk.ts';

/** The disk and the clock of a node, which do as they should until they are told otherwise. */
export class FaultyMachine {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly #faultyDisk: FaultyDisk;
  #clockSkewMs = 0;

  constructor({ disk, clock }: { readonly disk: Disk; readonly clock: Clock }) {
    this.#faultyDisk = new FaultyDisk(disk, clock);
    this.disk = this.#faultyDisk;
    this.clock = {
      // Only wall clocks are set: what measures durations is not wrong by an hour.
      wallTimeMs: () => clock.wallTimeMs() + this.#clockSkewMs,
      nowMs: () => clock.nowMs(),
      setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback),
    };
  }

  /** Replaces all that is wrong. */
  readonly set = ({ clockSkewMs, ...diskFaults }: MachineFaults): void => {
    this.#clockSkewMs = clockSkewMs;
    this.#faultyDisk.set(diskFaults);
  };
}
