import { checkDelayDistribution, type DelayDistribution } from './delay-distribution.ts';

/** How the disks behave. Rates are probabilities, 0..1. */
export interface DiskOptions {
  /** How long reads, writes and changes of names take. The default is uniform, 0.02..0.2 ms. */
  readonly latency?: DelayDistribution;
  /** How long a sync takes. The default is uniform over 0.5..3 ms. */
  readonly syncLatency?: DelayDistribution;
  /** Room for file contents, in bytes, taken in pages of 4 096. No limit by default. */
  readonly capacityBytes?: number;
  /** How often a sync fails, for good. The default is 0: syncs fail when a fault says so. */
  readonly syncFailureRate?: number;
  /** How often a read fails. The default is 0. */
  readonly readFailureRate?: number;
  /** At a power loss, how many of the unsynced sectors are torn. The default is 1/3. */
  readonly tornRate?: number;
  /**
   * At a power loss, how often an unsynced sector that was written several times comes back as an
   * earlier one of these writes, and a size likewise. The default is 1/4.
   */
  readonly olderRate?: number;
  /**
   * At a power loss, how many of the unsynced sectors come back as bytes that nobody wrote. The
   * default is 0: no log can tell such a sector of its last batch from damage.
   */
  readonly noiseRate?: number;
  /** At a power loss, how likely an unsynced change of names is kept. The default is 1/2. */
  readonly nameSurvivalRate?: number;
}

/** The disk options with nothing left open. */
export type DiskSettings = Required<DiskOptions>;

const rateNames = [
  'syncFailureRate',
  'readFailureRate',
  'tornRate',
  'olderRate',
  'noiseRate',
  'nameSurvivalRate',
] as const;

/**
 * Fills in `options`.
 *
 * @throws RangeError if a field is out of its range.
 */
export function diskSettings(options: DiskOptions = {}): DiskSettings {
  const settings: DiskSettings = {
    latency: { kind: 'uniform', minMs: 0.02, maxMs: 0.2 },
    syncLatency: { kind: 'uniform', minMs: 0.5, maxMs: 3 },
    capacityBytes: Infinity,
    syncFailureRate: 0,
    readFailureRate: 0,
    tornRate: 1 / 3,
    olderRate: 1 / 4,
    noiseRate: 0,
    nameSurvivalRate: 0.5,
    ...options,
  };
  checkDelayDistribution('disk.latency', settings.latency);
  checkDelayDistribution('disk.syncLatency', settings.syncLatency);
  for (const name of rateNames) {
    const rate = settings[name];
    if (!(rate >= 0 && rate <= 1)) {
      throw new RangeError(`disk.${name}: expected 0..1, got ${String(rate)}`);
    }
  }
  if (!(settings.capacityBytes >= 0)) {
    const got = String(settings.capacityBytes);
    throw new RangeError(`disk.capacityBytes: expected at least 0, got ${got}`);
  }
  return settings;
}
