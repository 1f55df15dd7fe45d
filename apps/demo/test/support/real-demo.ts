import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { HttpClient, HttpClientError, type HttpResponse } from '../../src/http-client.ts';
import type { NodeStatus } from '../../src/observe/node-status.ts';
import { readControlFile } from '../../src/supervisor/control-file.ts';
import type { ClusterView } from '../../src/supervisor/cluster-view.ts';
import type { ReadyNode, SupervisorEvent } from '../../src/supervisor/supervisor-events.ts';

const mainFile = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const underTest = new URL('under-test.ts', import.meta.url).href;
const nodeArguments = ['--conditions=@quorate/source', '--import', underTest, mainFile];
/** With which tests ask the nodes of a demo as its supervisor does. */
const adminToken = randomBytes(24).toString('hex');
const adminEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  QUORATE_ADMIN_TOKEN: adminToken,
});

/** What a command printed, and how it ended. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `demo …` in a process of its own, as a shell would. */
export function runDemo(...args: readonly string[]): Promise<Run> {
  return runUntil([], ...args);
}

/**
 * Runs `demo …` and presses Ctrl-C once it has printed all of `texts`.
 *
 * @param texts - Nothing to let it end by itself.
 */
async function runUntil(texts: readonly string[], ...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [...nodeArguments, ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (texts.length > 0 && texts.every((text) => stdout.includes(text))) child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** A demo that runs in processes of its own, started and stopped by a test. */
export class RealDemo {
  /** Everything it printed so far. */
  readonly events: SupervisorEvent[] = [];
  readonly dataDirectory: string;
  readonly nodes: readonly ReadyNode[];
  readonly dashboard: string;
  readonly client = new HttpClient();
  readonly #child: ChildProcess;
  readonly #controlFile: string;

  private constructor(parts: {
    readonly child: ChildProcess;
    readonly events: SupervisorEvent[];
    readonly dataDirectory: string;
    readonly controlFile: string;
    readonly ready: SupervisorEvent & { readonly event: 'ready' };
  }) {
    this.#child = parts.child;
    this.#controlFile = parts.controlFile;
    this.events = parts.events;
    this.dataDirectory = parts.dataDirectory;
    this.nodes = parts.ready.nodes;
    this.dashboard = parts.ready.dashboard;
  }

  /** Starts a demo on `dataDirectory` and waits until it is ready. */
  static async start(
    dataDirectory = mkdtempSync(join(tmpdir(), 'quorate-test-')),
    ...args: readonly string[]
  ): Promise<RealDemo> {
    const controlFile = join(dataDirectory, 'control.json');
    const nodeCount = args.includes('--nodes') ? [] : ['--nodes', '3'];
    const places = ['--port', '0', '--data', dataDirectory, '--control', controlFile];
    const all = [...nodeArguments, '--json', ...places, ...nodeCount, ...args];
    const child = spawn(process.execPath, all, { env: adminEnvironment() });
    const events: SupervisorEvent[] = [];
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const ready = await new Promise<SupervisorEvent & { readonly event: 'ready' }>(
      (resolve, reject) => {
        child.once('exit', () => reject(new Error(`the demo did not start: ${errors}`)));
        createInterface(child.stdout).on('line', (line) => {
          const event = JSON.parse(line) as SupervisorEvent;
          events.push(event);
          if (event.event === 'ready') resolve(event);
        });
      },
    );
    return new RealDemo({ child, events, dataDirectory, controlFile, ready });
  }

  /** The supervisor's process. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Runs a shell command against this demo. */
  run(...args: readonly string[]): Promise<Run> {
    return runDemo(...args, '--control', this.#controlFile);
  }

  /** Runs a shell command against this demo, and presses Ctrl-C once it has printed `texts`. */
  runUntil(texts: readonly string[], ...args: readonly string[]): Promise<Run> {
    return runUntil(texts, ...args, '--control', this.#controlFile);
  }

  /** Does what a button of the page does. @throws Error with the answer if it is refused. */
  async act(
    path: string,
    document?: unknown,
    method = path === 'view' ? 'GET' : 'POST',
  ): Promise<ClusterView> {
    const token = readControlFile(this.#controlFile)?.token ?? '';
    const answer = await this.client.request({
      url: `${this.dashboard}/api/${path}`,
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(document === undefined ? {} : { body: JSON.stringify(document) }),
      timeoutMs: 20_000,
    });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.body}`);
    return JSON.parse(answer.body) as ClusterView;
  }

  /** What the supervisor shows. */
  view(): Promise<ClusterView> {
    return this.act('view');
  }

  /** Waits until `holds`, looking again and again. @throws Error after `withinMs`. */
  async until(
    what: string,
    holds: (view: ClusterView) => boolean,
    withinMs = 30_000,
  ): Promise<ClusterView> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      const view = await this.view();
      if (holds(view)) return view;
      if (performance.now() > deadlineMs) throw new Error(`${what}: ${JSON.stringify(view)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The node that leads, once one does. */
  async leader(): Promise<ReadyNode> {
    const { leaderId } = await this.until('a leader', (view) => view.leaderId !== null);
    const leader = this.nodes.find(({ id }) => id === leaderId);
    if (!leader) throw new Error(`no node ${String(leaderId)}`);
    return leader;
  }

  /**
   * Waits until all nodes run, one leads, and all hold the same state. Asks the nodes themselves:
   * what the supervisor knows may be a moment old, and the same moment for all of them.
   */
  async converge(withinMs = 30_000): Promise<readonly NodeStatus[]> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      const statuses = await Promise.all(this.nodes.map((node) => this.status(node)));
      const leader = statuses.find((status) => status?.raft.role === 'leader');
      const present = statuses.filter((status) => status !== undefined);
      const isSame = present.every(
        ({ raft, store }) =>
          raft.leaderId === leader?.id &&
          raft.damaged.length === 0 &&
          raft.lastApplied === leader.raft.lastLogIndex &&
          store.digest === leader.store.digest,
      );
      if (isSame && present.length === this.nodes.length) return present;
      if (performance.now() > deadlineMs) {
        throw new Error(`expected the same state everywhere, got ${JSON.stringify(statuses)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What a node says of itself; `undefined` if it does not answer. */
  async status(node: ReadyNode): Promise<NodeStatus | undefined> {
    try {
      const { body } = await this.administer(node, '/admin/raft');
      return JSON.parse(body) as NodeStatus;
    } catch (error) {
      if (error instanceof HttpClientError) return undefined;
      throw error;
    }
  }

  /** Sends a request to one node's API with the right of an admin. */
  administer(
    node: ReadyNode,
    path: string,
    options: { readonly method?: string; readonly body?: string } = {},
  ): Promise<HttpResponse> {
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
    return this.ask(node, path, { ...options, headers });
  }

  /** Sends a request to one node's API. */
  async ask(
    node: ReadyNode,
    path: string,
    options: {
      readonly method?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<HttpResponse> {
    return this.client.request({ url: `${node.api}${path}`, timeoutMs: 10_000, ...options });
  }

  /** Ctrl-C, and waits for the end. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return this.#child.exitCode;
    }
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGINT');
    const [code] = (await closed) as [number | null];
    this.client.close();
    return code;
  }

  /** SIGKILL to the supervisor, as a power cut to everything. */
  async abandon(): Promise<void> {
    const closed = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await closed;
    this.client.close();
  }

  /** Stops it and removes its data. */
  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }
}
