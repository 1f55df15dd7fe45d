/** How wrong the clocks of the nodes are. All fields default to 0 unless said otherwise. */
export interface ClockOptions {
  /** What the true wall time is when the simulation starts. The default is 2026-01-01, UTC. */
  readonly wallTimeStartMs?: number;
  /** Each node's wall clock starts off by up to this much, either way, in ms. */
  readonly offsetMsMax?: number;
  /** Each node's clock runs fast or slow by up to this, in parts per million, at most 500 000. */
  readonly driftPpmMax?: number;
  /** Each timer fires late by up to this much, in ms: a busy event loop. */
  readonly timerLatenessMsMax?: number;
}

/** The clock options with nothing left open. */
export type ClockSettings = Required<ClockOptions>;

/**
 * Fills in `options`.
 *
 * @throws RangeError if a field is out of its range.
 */
export function clockSettings(options: ClockOptions = {}): ClockSettings {
  const settings = {
    wallTimeStartMs: options.wallTimeStartMs ?? 1_767_225_600_000,
    offsetMsMax: options.offsetMsMax ?? 0,
    driftPpmMax: options.driftPpmMax ?? 0,
    timerLatenessMsMax: options.timerLatenessMsMax ?? 0,
  };
  for (const [name, value] of Object.entries(settings)) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`clocks.${name}: expected at least 0, got ${String(value)}`);
    }
  }
  const { driftPpmMax } = settings;
  if (driftPpmMax > 500_000) {
    throw new RangeError(`clocks.driftPpmMax: expected 0..500000, got ${String(driftPpmMax)}`);
  }
  return settings;
}
