/**
 * Code under simulation, or a check of the test, threw. What it threw is the `cause`; the message
 * has the seed that replays it and the last lines of the trace.
 */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
  readonly code = 'SIMULATION_FAILED';
  /** Replays the run. */
  readonly seed: number;
  /** True time of the failure, in ms since the start. */
  readonly atMs: number;
  /** Whose code threw, or undefined if it was the test's. */
  readonly nodeId: string | undefined;

  constructor(details: {
    readonly seed: number;
    readonly atMs: number;
    readonly nodeId: string | undefined;
    readonly cause: unknown;
    readonly trace: string;
  }) {
    const { seed, atMs, nodeId, cause, trace } = details;
    const what = cause instanceof Error ? cause.message : String(cause);
    const where = `${nodeId ?? 'the test'} at ${atMs.toFixed(3)} ms, SEED=${seed}`;
    super(`${what}\n  in ${where}, after:\n${trace}`, { cause });
    this.seed = seed;
    this.atMs = atMs;
    this.nodeId = nodeId;
  }
}

/** Simulated code reached for the machine's own time, timers, randomness or network. */
export class AmbientAccessError extends Error {
  override readonly name = 'AmbientAccessError';
  readonly code = 'SIMULATION_AMBIENT_ACCESS';
  /** What was used, such as 'Date.now'. */
  readonly access: string;

  constructor(access: string, instead: string) {
    super(`${access}: forbidden in simulated code; use ${instead}`);
    this.access = access;
  }
}
