/** A running three-member cluster of one product, as the load generator sees it. */
export interface Cluster {
  /** Stores `value` under `key`; resolves once the cluster has acknowledged it. */
  put(key: Uint8Array, value: Uint8Array): Promise<void>;
  /** Stops all members and removes their data. */
  stop(): Promise<void>;
}

/** One load: how many clients put how often, and how large. */
export interface PutLoad {
  readonly clientCount: number;
  readonly putCount: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
}

/** What one load measured. */
export interface PutFigures {
  readonly putsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs `load` against `cluster`: every client has one put outstanding at any time. */
export async function measurePuts(cluster: Cluster, load: PutLoad): Promise<PutFigures> {
  const latenciesMs = new Float64Array(load.putCount);
  const value = new Uint8Array(load.valueBytes).fill(0x61);
  let started = 0;

  const client = async (): Promise<void> => {
    while (started < load.putCount) {
      const put = started++;
      const key = keyOf(put, load.keyBytes);
      const beganMs = performance.now();
      await cluster.put(key, value);
      latenciesMs[put] = performance.now() - beganMs;
    }
  };

  const beganMs = performance.now();
  await Promise.all(Array.from({ length: load.clientCount }, client));
  const elapsedMs = performance.now() - beganMs;

  latenciesMs.sort();
  return {
    putsPerSecond: (load.putCount / elapsedMs) * 1_000,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

/** Spread keys: consecutive puts never touch neighbouring keys. */
function keyOf(put: number, keyBytes: number): Uint8Array {
  const text = Math.imul(put, 0x9e3779b1).toString(16).replace('-', 'f');
  return new TextEncoder().encode(text.padStart(keyBytes, '0').slice(-keyBytes));
}

function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
