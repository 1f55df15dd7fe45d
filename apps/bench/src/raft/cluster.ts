/** A running three-member cluster of one product, as the load generator sees it. */
export interface Cluster {
  /** Stores `value` under `key`; resolves once the cluster has acknowledged it. */
  put(key: Uint8Array, value: Uint8Array): Promise<void>;
  /** The value last acknowledged for `key`, linearizably; empty if there is none. */
  get(key: Uint8Array): Promise<Uint8Array>;
  /** The same by a leader's lease, or as `get` where the product has no leases. */
  leaseGet(key: Uint8Array): Promise<Uint8Array>;
  /** Stops all members and removes their data. */
  stop(): Promise<void>;
}

/** One load: how many clients do what how often, and how large keys and values are. */
export interface Load {
  readonly operation: 'put' | 'get' | 'leaseGet';
  readonly clientCount: number;
  readonly operationCount: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
}

/** What one load measured. */
export interface LoadFigures {
  readonly operationsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs `load` against `cluster`: every client has one operation outstanding at any time. */
export async function measureLoad(cluster: Cluster, load: Load): Promise<LoadFigures> {
  const { clientCount, operationCount, keyBytes } = load;
  const latenciesMs = new Float64Array(operationCount);
  const operate = operationOf(cluster, load);
  let started = 0;

  const client = async (): Promise<void> => {
    while (started < operationCount) {
      const operation = started++;
      const key = keyOf(operation, keyBytes);
      const beganMs = performance.now();
      await operate(key);
      latenciesMs[operation] = performance.now() - beganMs;
    }
  };

  const beganMs = performance.now();
  await Promise.all(Array.from({ length: clientCount }, client));
  const elapsedMs = performance.now() - beganMs;

  latenciesMs.sort();
  return {
    operationsPerSecond: (operationCount / elapsedMs) * 1_000,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

/** What a client does to a key. A get must find a value: whoever calls has put one there. */
function operationOf(
  cluster: Cluster,
  { operation, valueBytes }: Load,
): (key: Uint8Array) => Promise<void> {
  const value = new Uint8Array(valueBytes).fill(0x61);
  if (operation === 'put') return (key) => cluster.put(key, value);
  return async (key) => {
    const found = await cluster[operation](key);
    if (found.length !== valueBytes) {
      throw new Error(`a get found ${found.length} bytes where ${valueBytes} were put`);
    }
  };
}

/** Spread keys: consecutive operations never touch neighbouring keys. */
function keyOf(operation: number, keyBytes: number): Uint8Array {
  const text = Math.imul(operation, 0x9e3779b1).toString(16).replace('-', 'f');
  return new TextEncoder().encode(text.padStart(keyBytes, '0').slice(-keyBytes));
}

function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
