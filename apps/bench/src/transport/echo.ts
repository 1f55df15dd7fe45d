/** Somebody who sends a payload and gets it back from another process. */
export interface EchoClient {
  /** Sends `payload` once. */
  send(payload: Uint8Array): void;
  /** Called for every payload that came back. Replaces the callback of before. */
  onEcho(callback: () => void): void;
  /** Ends the connection and the process at its other end. */
  close(): Promise<void>;
}

/** Echoes per second with `outstanding` of them under way at any time. */
export async function measureThroughput(
  client: EchoClient,
  options: { readonly payload: Uint8Array; readonly outstanding: number; readonly count: number },
): Promise<number> {
  const { payload, outstanding, count } = options;
  let sent = outstanding;
  let received = 0;
  const beganMs = performance.now();
  await new Promise<void>((resolve) => {
    client.onEcho(() => {
      received += 1;
      if (received === count) resolve();
      else if (sent < count) {
        sent += 1;
        client.send(payload);
      }
    });
    for (let index = 0; index < outstanding; index += 1) client.send(payload);
  });
  return (count / (performance.now() - beganMs)) * 1_000;
}

/** Microseconds from a send to its echo, one at a time: the median and the 99th percentile. */
export async function measureLatency(
  client: EchoClient,
  options: { readonly payload: Uint8Array; readonly count: number },
): Promise<{ readonly p50: number; readonly p99: number }> {
  const latenciesUs = new Float64Array(options.count);
  let index = 0;
  await new Promise<void>((resolve) => {
    let beganMs = 0;
    const next = (): void => {
      beganMs = performance.now();
      client.send(options.payload);
    };
    client.onEcho(() => {
      latenciesUs[index] = (performance.now() - beganMs) * 1_000;
      index += 1;
      if (index === options.count) resolve();
      else next();
    });
    next();
  });
  latenciesUs.sort();
  const at = (share: number): number =>
    latenciesUs[Math.min(options.count - 1, Math.floor(options.count * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
