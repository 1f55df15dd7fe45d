import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Why tests over a real NATS are skipped here, if they are. */
export const natsIsMissing: boolean = spawnSync('nats-server', ['--version']).status !== 0;
if (natsIsMissing) console.warn('no nats-server on the path: its tests are skipped');

/** A real nats-server on a free loopback port. */
export class NatsServer implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  /** Resolves when it accepts clients. `options` go to its command line. */
  static async start(options: readonly string[] = []): Promise<NatsServer> {
    const child = spawn('nats-server', ['--addr', '127.0.0.1', '--port', '-1', ...options], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const output: string[] = [];
    let port = 0;
    for await (const line of createInterface(child.stderr)) {
      output.push(line);
      port ||= Number(/client connections on 127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? 0);
      if (!line.includes('Server is ready')) continue;
      child.stderr.resume();
      return new NatsServer(port, child);
    }
    throw new Error(`nats-server did not start:\n${output.join('\n')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit');
    }
  }
}
