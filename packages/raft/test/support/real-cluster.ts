import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KeyValueInput, KeyValueOutput } from '@quorate/linearizability';
import type { FaultRule } from '@quorate/transport/faulty';
import type { TcpAddress } from '@quorate/transport/tcp';

import type { CallOutcome, NodeMessage, ParentMessage } from './chaos-process.ts';
import { NoAnswer } from './client-history.ts';

const program = join(import.meta.dirname, 'chaos-process.ts');

/** How long a client waits for an answer. */
const patienceMs = 500;

/** One node, whatever process it is at the moment. */
class Member {
  readonly id: string;
  address: TcpAddress | undefined;
  /** Of the newest reign that this process began. */
  leadingTerm = 0;
  isPaused = false;
  isListening = false;
  /** Whether it knows the others. */
  isConnected = false;
  /** What it said when it ended by itself. */
  failure: string | undefined;
  #child: ChildProcess | undefined;
  #callId = 0;
  readonly #calls = new Map<number, (outcome: CallOutcome) => void>();
  readonly #onListening: () => void;

  constructor(id: string, onListening: () => void) {
    this.id = id;
    this.#onListening = onListening;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  start(): void {
    const child = fork(program, [], {
      execArgv: ['--conditions=@quorate/source'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    this.leadingTerm = 0;
    this.isListening = false;
    this.isConnected = false;
    child.on('message', (message: NodeMessage) => this.#take(message));
    child.on('exit', () => {
      if (this.#child === child) this.#child = undefined;
      for (const settle of this.#calls.values()) settle({ kind: 'info', reason: 'process ended' });
      this.#calls.clear();
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    this.isPaused = false;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.isPaused = signal === 'SIGSTOP';
    this.#child?.kill(signal);
  }

  send(message: ParentMessage): void {
    this.#child?.send(message, () => undefined);
  }

  /** Asks it, or lets it tell its state. */
  call(input: KeyValueInput | 'state'): Promise<CallOutcome> {
    if (!this.isRunning) return Promise.resolve({ kind: 'fail', reason: 'not running' });
    this.#callId += 1;
    const callId = this.#callId;
    return new Promise((resolve) => {
      const settle = (outcome: CallOutcome): void => {
        clearTimeout(timer);
        this.#calls.delete(callId);
        resolve(outcome);
      };
      const timer = setTimeout(() => settle({ kind: 'info', reason: 'no answer' }), patienceMs);
      this.#calls.set(callId, settle);
      this.send({ kind: 'call', callId, input });
    });
  }

  #take(message: NodeMessage): void {
    switch (message.kind) {
      case 'listening':
        this.address = message.address;
        this.isListening = true;
        this.#onListening();
        break;
      case 'leading':
        this.leadingTerm = message.term;
        break;
      case 'failed':
        this.failure = message.text;
        break;
      case 'answer':
        this.#calls.get(message.callId)?.(message.outcome);
    }
  }
}

/** Nodes in processes of their own, over TCP on loopback and a real disk. */
export class RealCluster {
  readonly #directory = mkdtempSync(join(tmpdir(), 'quorate-chaos-'));
  readonly #members: readonly Member[];
  readonly #tickMs: number;
  #rules: readonly FaultRule[] = [];

  private constructor(nodeCount: number, tickMs: number) {
    this.#tickMs = tickMs;
    this.#members = Array.from({ length: nodeCount }, (_, place) => {
      const member: Member = new Member(`n${place + 1}`, () => this.#connect());
      return member;
    });
  }

  static start(nodeCount: number, tickMs: number): RealCluster {
    const cluster = new RealCluster(nodeCount, tickMs);
    for (const { id } of cluster.#members) cluster.restart(id);
    return cluster;
  }

  get ids(): readonly string[] {
    return this.#members.map(({ id }) => id);
  }

  /** What nodes said that ended by themselves. */
  get failures(): readonly string[] {
    return this.#members.flatMap(({ id, failure }) => (failure ? [`${id}: ${failure}`] : []));
  }

  /** Who began the newest reign, among those that run; the first node if nobody did. */
  get leader(): string {
    const [first, ...rest] = this.#members.filter(
      ({ isRunning, isPaused }) => isRunning && !isPaused,
    );
    if (!first) return this.ids[0] ?? '';
    return rest.reduce(
      (newest, each) => (each.leadingTerm > newest.leadingTerm ? each : newest),
      first,
    ).id;
  }

  restart(id: string): void {
    const member = this.#member(id);
    if (member.isRunning) return;
    member.start();
    const settings = {
      localId: id,
      voters: this.ids,
      directory: join(this.#directory, id),
      tickMs: this.#tickMs,
      port: member.address?.port ?? 0,
    };
    member.send({ kind: 'start', settings });
  }

  kill(id: string): Promise<void> {
    return this.#member(id).kill();
  }

  pause(id: string): void {
    this.#member(id).signal('SIGSTOP');
  }

  resume(id: string): void {
    this.#member(id).signal('SIGCONT');
  }

  fillDisk(id: string, isFull: 'full' | 'free'): void {
    this.#member(id).send({ kind: 'disk', isFull: isFull === 'full' });
  }

  /** What is wrong with the network of all nodes, now and when they start. */
  setRules(rules: readonly FaultRule[]): void {
    this.#rules = rules;
    for (const member of this.#members) member.send({ kind: 'network', rules });
  }

  /** Asks one node, and once more whom it takes for the leader. @throws NoAnswer */
  async ask(id: string, input: KeyValueInput): Promise<KeyValueOutput> {
    let outcome = await this.#member(id).call(input);
    if (outcome.kind === 'fail' && outcome.leaderId !== undefined) {
      outcome = await this.#member(outcome.leaderId).call(input);
    }
    if (outcome.kind !== 'ok') throw new NoAnswer({ definite: outcome.kind === 'fail' });
    // Other writes have no output in the model.
    const isTold = input.kind === 'get' || input.kind === 'cas';
    return isTold ? outcome.output : undefined;
  }

  /** Resolves once all nodes run and have applied the same to the same state. */
  async converge(): Promise<void> {
    for (;;) {
      const outcomes = await Promise.all(this.#members.map((member) => member.call('state')));
      const states = outcomes.map((outcome) =>
        outcome.kind === 'ok' ? outcome.output : undefined,
      );
      if (states.every((state) => state !== undefined && state === states[0])) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.kill()));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Tells who listens of all the others, once all have said where. */
  #connect(): void {
    const peers: Record<string, TcpAddress> = {};
    for (const { id, address } of this.#members) if (address) peers[id] = address;
    if (Object.keys(peers).length < this.#members.length) return;
    for (const member of this.#members) {
      if (!member.isListening || member.isConnected) continue;
      member.isConnected = true;
      member.send({ kind: 'network', rules: this.#rules });
      member.send({ kind: 'connect', peers });
    }
  }

  #member(id: string): Member {
    const member = this.#members.find((each) => each.id === id);
    if (!member) throw new Error(`expected one of ${this.ids.join()}, got ${id}`);
    return member;
  }
}
