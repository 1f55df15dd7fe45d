import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

import { CannotRun } from '../suite.ts';

/** A redis-server of its own on a free loopback port, that keeps nothing on disk. */
export class RedisServer {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  /**
   * Resolves when it accepts connections.
   *
   * @throws CannotRun if there is none to start.
   */
  static async start(): Promise<RedisServer> {
    const port = await freePort();
    const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', ['--port', String(port), ...settings], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const failed = once(child, 'error').then(() => false);
    const started = isReady(child);
    if (!(await Promise.race([failed, started]))) {
      throw new CannotRun('redis-server did not start: apt-get install redis-server');
    }
    return new RedisServer(port, child);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null;
    if (hasEnded) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

async function isReady(child: ChildProcess): Promise<boolean> {
  if (child.stdout === null) return false;
  for await (const line of createInterface(child.stdout)) {
    if (!line.includes('Ready to accept connections')) continue;
    child.stdout.resume();
    return true;
  }
  return false;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new CannotRun('no port is free');
  return address.port;
}
