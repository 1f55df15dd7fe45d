import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { freePorts } from '../../src/supervisor/free-ports.ts';

/** Whether tests over a real Redis have to be skipped here. */
export const isRedisMissing = spawnSync('redis-server', ['--version']).status !== 0;
if (isRedisMissing) console.warn('no redis-server on the path: tests over it are skipped');

/** A real redis-server that keeps nothing, on a free port of this machine. */
export class RedisServer implements AsyncDisposable {
  readonly url: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.#port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(): Promise<RedisServer> {
    const [port = 0] = await freePorts(1, '127.0.0.1');
    const server = new RedisServer(port);
    await server.run();
    return server;
  }

  /** Runs it, again on the same port. */
  async run(): Promise<void> {
    const where = ['--port', String(this.#port), '--bind', '127.0.0.1'];
    const child = spawn('redis-server', [...where, '--save', '', '--appendonly', 'no'], {
      // What it inherits it would keep open for whoever reads the tests, should it outlive them.
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child = child;
    for await (const line of createInterface(child.stdout)) {
      if (line.includes('Ready to accept connections')) break;
    }
    child.stdout.resume();
  }

  /** It stands still; its connections stay open. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.kill('SIGKILL') === true) await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
