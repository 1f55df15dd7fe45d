import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections (32 768 on Linux,
// 49 152 elsewhere): a node that restarts must find its port free, not lent to some client.
const portMin = 10_000;
const portMax = 32_000;
const attemptCountMax = 1_000;

/**
 * Finds ports on which nothing listens, all different.
 *
 * They are free now; nothing keeps another program from taking them before they are used.
 */
export async function freePorts(count: number, host: string): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < attemptCountMax && found.size < count; attempt += 1) {
    const port = randomInt(portMin, portMax);
    if (!found.has(port) && (await isFree(port, host))) found.add(port);
  }
  if (found.size < count) {
    throw new Error(`found ${found.size} free ports of ${count} on ${host}`);
  }
  return [...found];
}

/** Whether one can listen on `port` right now. */
export function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
