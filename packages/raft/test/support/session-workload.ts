import type {
  ClientOperation,
  Experiment,
  Scenario,
  Simulation,
  Tuning,
  Workload,
} from '@quorate/simulation';
import type { NodeId, Random } from '@quorate/transport';

import type { Expected, KeyValueClient } from '../../src/kv/node/key-value-client.ts';
import { ClientHistory, type KeyValueChange, NoAnswer } from './client-history.ts';
import { BrokenInvariant } from './invariants.ts';
import { type SessionBug, SessionCluster, type SessionReplica } from './session-cluster.ts';
import { NodeFailed } from './sim-cluster.ts';

const CLIENT_COUNT = 3;
/** Registers that clients use at a time; the first of them most. */
const KEY_COUNT = 3;
/** The writes after calm: their register, and the first of their ids. */
const MARKER = { key: 'marker', firstId: 1_000_000 };
/** How long one of those may take, in ms. Long enough for any election. */
const MARKER_MS = 60_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Clients of a store that retry over sessions, under every fault. Each call is applied once at
 * most, once exactly if it was committed and never if it was rejected; what clients see is
 * linearizable.
 */
export function sessionWorkload(options: { readonly bug?: SessionBug } = {}): Workload {
  return {
    name: 'raft sessions',
    nodeCounts: { min: 1, max: 5 },
    drawTuning,
    drawOperation,
    open: (simulation, scenario) => new SessionExperiment(simulation, scenario, options.bug),
  };
}

function drawTuning(random: Random): Tuning {
  const pick = (...values: readonly number[]): number => values[random.int(values.length)] ?? 1;
  return {
    electionTimeoutTicks: pick(5, 10),
    snapshotEveryEntries: pick(3, 10, 100),
    trailingEntryCount: pick(0, 3, 50),
    // Short lives and few places, so that sessions end while their calls are under way.
    ttlMs: pick(1_000, 5_000, 60_000),
    sessionCountMax: pick(2, 3, 100),
    backlogMax: pick(1, 4, 1_024),
    storedBytesMax: pick(300, 1_000_000),
    windowMax: pick(1, 4, 64),
    attemptTimeoutMs: pick(100, 500, 1_500),
    // Most snapshots are larger than the first of these.
    snapshotChunkBytes: pick(64, 65_536),
  };
}

/** How many operations there are for one that changes who leads. */
const OPERATIONS_PER_TRANSFER = 30;

function drawOperation(random: Random, index: number): Tuning {
  const call = drawCall(random, index);
  if (random.int(OPERATIONS_PER_TRANSFER) > 0) return call;
  return { ...call, kind: 'transfer' };
}

function drawCall(random: Random, index: number): Tuning {
  return {
    kind: ['put', 'put', 'put', 'cas', 'cas', 'get', 'get', 'close'][random.int(8)] ?? 'put',
    id: index + 1,
    client: random.int(CLIENT_COUNT),
    key: random.int(1 + random.int(KEY_COUNT)),
    // One of the latest calls, as if it had been read just now.
    expected: Math.max(0, index - random.int(4)),
    timeoutMs: [300, 2_000, 10_000][random.int(3)] ?? 300,
  };
}

/** One run: what was applied, what clients were told, and whether both hold together. */
class SessionExperiment implements Experiment {
  readonly #cluster: SessionCluster;
  readonly #history: ClientHistory;
  /** Where each call was applied first. */
  readonly #appliedAt = new Map<number, number>();
  readonly #committed = new Map<number, number>();
  readonly #rejected = new Set<number>();
  #violation: BrokenInvariant | undefined;
  #core: readonly NodeId[] = [];
  #markersLeft = CLIENT_COUNT;

  constructor(simulation: Simulation, scenario: Scenario, bug: SessionBug | undefined) {
    const number = (name: string): number => Number(scenario.tuning[name]);
    this.#history = new ClientHistory(simulation.clock);
    this.#cluster = new SessionCluster(simulation, {
      nodeCount: scenario.nodeCount,
      clientCount: CLIENT_COUNT,
      node: {
        electionTimeoutTicks: number('electionTimeoutTicks'),
        snapshotEveryEntries: number('snapshotEveryEntries'),
        trailingEntryCount: number('trailingEntryCount'),
        snapshotChunkBytes: number('snapshotChunkBytes'),
        segmentBytes: 16_384,
      },
      limits: {
        ttlMs: number('ttlMs'),
        sessionCountMax: number('sessionCountMax'),
        backlogMax: number('backlogMax'),
        storedBytesMax: number('storedBytesMax'),
      },
      client: {
        windowMax: number('windowMax'),
        attemptTimeoutMs: number('attemptTimeoutMs'),
      },
      bug,
      onApplied: (callId, logIndex) => {
        this.#onApplied(callId, logIndex);
      },
    });
  }

  begin(operation: ClientOperation): void {
    if (operation['kind'] === 'transfer') {
      this.#transfer(Number(operation['timeoutMs']));
      return;
    }
    const place = Number(operation['client']);
    const client = this.#cluster.client(place);
    if (client === undefined) return;
    switch (operation['kind']) {
      case 'close':
        this.#cluster.replaceClient(place);
        return;
      case 'get':
        void this.#get(client, operation);
        return;
      default:
        void this.#write(client, operation);
    }
  }

  /** Clients find that somebody else leads, in the middle of their calls. */
  #transfer(timeoutMs: number): void {
    const { leader, simulation } = this.#cluster;
    if (leader === undefined || simulation.stateOf(leader) !== 'running') return;
    void this.#cluster.replicas().get(leader)?.node.transferLeadership({ timeoutMs });
  }

  check(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  finish(): void {
    for (const callId of this.#rejected) {
      const logIndex = this.#appliedAt.get(callId);
      if (logIndex === undefined) continue;
      throw new BrokenInvariant('rejected', `call ${callId} was rejected, applied at ${logIndex}`);
    }
    this.#history.expectLinearizable();
  }

  /** Only damage and broken disks keep a node from starting or going on, and then it says so. */
  isExpected(error: unknown, id: NodeId): boolean {
    if (error instanceof NodeFailed) return isOfDisk(error.cause);
    if (this.#cluster.simulation.stateOf(id) !== 'down' || !isOfDisk(error)) return false;
    this.#cluster.startErrors.set(id, error);
    return true;
  }

  onCalm(core: readonly string[]): void {
    this.#core = this.#cluster.nodeIds.filter((id) => core.includes(id));
    for (let place = 0; place < CLIENT_COUNT; place += 1) {
      void this.#commitMarker(place, MARKER.firstId + place);
    }
  }

  /** Every client has had a call committed, and all well nodes hold the same, sessions included. */
  isRecovered(): boolean {
    const { startErrors, nodeIds } = this.#cluster;
    const replicas = this.#cluster.replicas();
    const well = this.#core.filter((id) => {
      const condition = replicas.get(id)?.node.status().condition;
      return condition === undefined ? !startErrors.has(id) : condition !== 'recovering';
    });
    // Where too many voters are damaged, nothing is owed but safety.
    if (2 * well.length <= nodeIds.length) return true;
    if (this.#markersLeft > 0) return false;
    const states = well.map((id) => stateOf(replicas.get(id)));
    return new Set(states).size === 1 && states[0] !== undefined;
  }

  describe(): string {
    const replicas = this.#cluster.replicas();
    const lines = this.#core.map((id) => {
      const replica = replicas.get(id);
      if (replica === undefined) return `${id}: ${String(this.#cluster.startErrors.get(id))}`;
      const { role, term, lastApplied, condition } = replica.node.status();
      return `${id}: ${role} of ${term}, applied ${lastApplied}, ${condition}`;
    });
    return [`${this.#markersLeft} clients wait`, ...lines].join('\n');
  }

  #onApplied(callId: number, logIndex: number): void {
    const before = this.#appliedAt.get(callId);
    this.#appliedAt.set(callId, before ?? logIndex);
    if (before === undefined || before === logIndex) return;
    const detail = `call ${callId} was applied at ${before} and at ${logIndex}`;
    this.#violation ??= new BrokenInvariant('exactly once', detail);
  }

  #get(client: KeyValueClient, operation: ClientOperation): Promise<void> {
    const register = this.#history.registerOf(Number(operation['key']), KEY_COUNT);
    return this.#history.read(`c${operation['id']}`, register, async () => {
      const timeoutMs = Number(operation['timeoutMs']);
      const outcome = await client.get(`k${register}`, { timeoutMs });
      if (outcome.kind !== 'entry') throw new NoAnswer({ definite: true });
      return outcome.entry === undefined ? null : decoder.decode(outcome.entry.value);
    });
  }

  #write(client: KeyValueClient, operation: ClientOperation): Promise<void> {
    const id = Number(operation['id']);
    const register = this.#history.registerOf(Number(operation['key']), KEY_COUNT);
    const change = changeOf(operation);
    return this.#history.write(`c${id}`, register, change, async () => {
      const wait = { timeoutMs: Number(operation['timeoutMs']) };
      const [key, value] = [`k${register}`, encoder.encode(change.value)];
      const outcome =
        change.kind === 'put'
          ? await client.put(key, value, wait)
          : await client.compareAndSet(key, expectedOf(change.expected), value, wait);
      if (outcome.kind === 'rejected') this.#rejected.add(id);
      if (outcome.kind !== 'committed') {
        throw new NoAnswer({ definite: outcome.kind === 'rejected' });
      }
      if (!('succeeded' in outcome)) this.#onCommitted(id, outcome.revision);
      return 'succeeded' in outcome ? outcome.succeeded : undefined;
    });
  }

  #onCommitted(callId: number, revision: number): void {
    const appliedAt = this.#appliedAt.get(callId);
    this.#committed.set(callId, revision);
    if (appliedAt === revision) return;
    const detail = `call ${callId}: committed at ${revision}, applied at ${appliedAt}`;
    this.#violation ??= new BrokenInvariant('committed', detail);
  }

  /** A client of the troubled time, with what became of its session, must get on now. */
  async #commitMarker(place: number, callId: number): Promise<void> {
    const value = encoder.encode(String(callId));
    const outcome = await this.#cluster
      .client(place)
      ?.put(`${MARKER.key}${place}`, value, { timeoutMs: MARKER_MS });
    if (outcome?.kind === 'committed') {
      this.#onCommitted(callId, outcome.revision);
      this.#markersLeft -= 1;
      return;
    }
    await this.#commitMarker(place, callId + CLIENT_COUNT);
  }
}

/** What a replica holds: equal logs, equal bytes. */
function stateOf(replica: SessionReplica | undefined): string | undefined {
  if (replica?.node.status().condition !== 'running') return undefined;
  const { node, machine } = replica;
  return `${node.status().lastApplied} ${machine.snapshot().join()}`;
}

function changeOf({ kind, id, expected }: ClientOperation): KeyValueChange & { value: string } {
  const value = String(id);
  if (kind === 'put') return { kind, value };
  return { kind: 'cas', expected: expected === 0 ? null : String(expected), value };
}

function expectedOf(expected: string | null): Expected {
  if (expected === null) return { kind: 'missing' };
  return { kind: 'value', value: encoder.encode(expected) };
}

/** What damage to files and broken disks are reported with. */
const codesOfDisk = /^(DISK|LOG|RAFT|SNAPSHOT)_/;

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && codesOfDisk.test(String(error.code));
}
