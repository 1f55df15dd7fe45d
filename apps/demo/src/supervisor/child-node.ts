/**
 * One node process, as its supervisor sees it: started, paused, killed, gone.
 *
 * Two things must hold whatever happens to the supervisor. A node ends when its supervisor is gone:
 * the node itself sees to that, when the channel between them closes. But a paused process sees
 * nothing, so a pause comes with a `sh` that waits for the supervisor's end and then wakes the
 * node, which finds the channel closed and leaves.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What the process of a node is doing. */
export type ProcessState = 'stopped' | 'starting' | 'running' | 'paused';

/** How to start a node, and whom to tell. */
export interface ChildNodeOptions {
  readonly id: string;
  /** Arguments after the executable. */
  readonly args: readonly string[];
  readonly env: () => Readonly<Record<string, string | undefined>>;
  /** One line that the node wrote. */
  readonly onLine: (line: string) => void;
  readonly onExit: (exit: ChildExit) => void;
}

/** How a process ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether the supervisor wanted it. */
  readonly isExpected: boolean;
}

/** How long a node may take to close its log before it is killed, in ms. */
const stopTimeoutMs = 5_000;

/** Starts and stops the process of one node, any number of times. */
export class ChildNode {
  readonly #options: ChildNodeOptions;
  #process: ChildProcess | undefined;
  #state: ProcessState = 'stopped';
  #isExitExpected = false;
  #waker: ChildProcess | undefined;

  constructor(options: ChildNodeOptions) {
    this.#options = options;
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** `undefined` while stopped. */
  get pid(): number | undefined {
    return this.#state === 'stopped' ? undefined : this.#process?.pid;
  }

  /**
   * Starts the process and waits until it serves.
   *
   * @throws Error if it is already started, or ends before it serves.
   */
  async start(): Promise<void> {
    if (this.#state !== 'stopped') throw new Error(`${this.#options.id} is ${this.#state}`);
    this.#state = 'starting';
    this.#isExitExpected = false;
    const child = spawn(process.execPath, this.#options.args, {
      env: this.#options.env(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#process = child;
    let lastLine = '';
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on('line', (line) => {
        lastLine = line;
        this.#options.onLine(line);
      });
    }
    const exited = this.#watchExit(child);
    const isServing = await Promise.race([readyMessage(child), exited.then(() => false)]);
    if (!isServing) throw new Error(`${this.#options.id} ended before it served: ${lastLine}`);
    // A kill or a pause may have come between.
    if (this.state === 'starting') this.#state = 'running';
  }

  /** Ends the process at once, as a power cut would. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end((child) => child.kill('SIGKILL'));
  }

  /** The process may end now without that being a failure. */
  expectExit(): void {
    this.#isExitExpected = true;
  }

  /** Asks the process to close its log and leave; kills it if it does not. */
  async stop(): Promise<void> {
    if (this.#state === 'paused') this.resume();
    await this.#end((child) => {
      child.send({ kind: 'stop' }, () => undefined);
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      child.once('exit', () => {
        clearTimeout(timer);
      });
    });
  }

  /** Freezes the process. @throws Error if it is not running, or the system cannot. */
  pause(): void {
    if (process.platform === 'win32') throw new Error('pause needs SIGSTOP, which Windows lacks');
    const child = this.#process;
    if (this.#state !== 'running' || child?.pid === undefined) {
      throw new Error(`${this.#options.id} is ${this.#state}, not running`);
    }
    this.#waker = spawn('/bin/sh', ['-c', 'read -r _; kill -CONT "$1"', 'sh', String(child.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.kill('SIGSTOP');
    this.#state = 'paused';
  }

  /** Lets a paused process go on. @throws Error if it is not paused. */
  resume(): void {
    if (this.#state !== 'paused') throw new Error(`${this.#options.id} is not paused`);
    this.#dismissWaker();
    this.#process?.kill('SIGCONT');
    this.#state = 'running';
  }

  async #end(signal: (child: ChildProcess) => void): Promise<void> {
    const child = this.#process;
    if (!child || this.#state === 'stopped') return;
    this.#isExitExpected = true;
    const exited = once(child, 'exit');
    signal(child);
    await exited;
  }

  #watchExit(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      const finish = (code: number | null, signal: string | null): void => {
        if (this.#state === 'stopped') return;
        this.#state = 'stopped';
        this.#dismissWaker();
        this.#options.onExit({ code, signal, isExpected: this.#isExitExpected });
        resolve();
      };
      child.once('exit', finish);
      child.once('error', () => {
        finish(null, null);
      });
    });
  }

  /** The node's pid may be taken by another process later: no signal may reach that one. */
  #dismissWaker(): void {
    this.#waker?.kill('SIGKILL');
    this.#waker = undefined;
  }
}

/** Resolves with `true` once the node says that it serves. */
function readyMessage(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message !== 'object' || !('kind' in message)) return;
      if (message.kind === 'ready') resolve(true);
    });
  });
}
