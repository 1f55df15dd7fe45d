import type { ChildNodeOptions, ProcessState } from '../../src/supervisor/child-node.ts';
import type { Child } from '../../src/supervisor/processes.ts';

/** A process of a node that is none: it does at once what it is told, and writes that down. */
export class FakeChild implements Child {
  readonly options: ChildNodeOptions;
  readonly told: string[] = [];
  state: ProcessState = 'stopped';
  /** Why it ends before it serves; undefined if it serves. */
  trouble: string | undefined;
  #isExitExpected = false;

  constructor(options: ChildNodeOptions) {
    this.options = options;
  }

  get pid(): number | undefined {
    return this.state === 'stopped' ? undefined : 1;
  }

  async start(): Promise<void> {
    this.told.push('start');
    if (this.state !== 'stopped') throw new Error(`${this.options.id} is ${this.state}`);
    this.#isExitExpected = false;
    this.state = 'starting';
    await Promise.resolve();
    if (this.trouble === undefined) {
      this.state = 'running';
      return;
    }
    this.exit(1, null);
    throw new Error(`${this.options.id} ended before it served: ${this.trouble}`);
  }

  /** It ends by itself. */
  exit(code: number | null, signal: string | null): void {
    this.state = 'stopped';
    this.options.onExit({ code, signal, isExpected: this.#isExitExpected });
  }

  kill(): Promise<void> {
    return this.#end('kill', 'SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('stop', null);
  }

  expectExit(): void {
    this.told.push('expectExit');
    this.#isExitExpected = true;
  }

  pause(): void {
    if (this.state !== 'running') throw new Error(`${this.options.id} is ${this.state}`);
    this.state = 'paused';
  }

  resume(): void {
    if (this.state !== 'paused') throw new Error(`${this.options.id} is not paused`);
    this.state = 'running';
  }

  #end(how: string, signal: string | null): Promise<void> {
    if (this.state !== 'stopped') {
      this.told.push(how);
      this.#isExitExpected = true;
      this.exit(signal === null ? 0 : null, signal);
    }
    return Promise.resolve();
  }
}
