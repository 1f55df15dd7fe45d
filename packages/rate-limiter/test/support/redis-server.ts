import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Why tests over a real Redis are skipped here, if they are. */
export const redisIsMissing: boolean = spawnSync('redis-server', ['--version']).status !== 0;
if (redisIsMissing) console.warn('no redis-server on the path: its tests are skipped');

/** A real redis-server on a free loopback port, with its files in a folder of its own. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  /** Resolves when it accepts connections. `options` go to its command line. */
  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'quorate-redis-'));
    const server = new RedisServer(await freePort(), folder, options);
    await server.run();
    return server;
  }

  /** Runs it again, on the same port, without what was in memory. */
  async run(): Promise<void> {
    const fixed = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const empty = ['--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', [...fixed, ...empty, ...this.#options], {
      // What it inherits it would keep open for whoever reads the tests, should it outlive them.
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child = child;
    const output: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      output.push(line);
      if (!line.includes('Ready to accept connections')) continue;
      child.stdout.resume();
      return;
    }
    throw new Error(`redis-server did not start:\n${output.join('\n')}`);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** It stands still, its connections stay open. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
