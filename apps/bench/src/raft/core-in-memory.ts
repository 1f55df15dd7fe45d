import { createRaft, type RaftInput, type RaftState, stepAll } from '@quorate/raft';
import { type NodeId, nodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';

/**
 * Raft's core and nothing else: nodes in one process whose messages are handed over as objects and
 * whose writes are done at once. What is left is what the algorithm itself costs.
 */
export class CoreInMemory {
  readonly #nodes = new Map<NodeId, RaftState>();
  readonly #inboxes = new Map<NodeId, RaftInput[]>();
  readonly #leader: RaftState;
  #proposalCount = 0;

  constructor(nodeCount: number) {
    const voters = Array.from({ length: nodeCount }, (_, place) => nodeId(`n${place + 1}`));
    for (const id of voters) {
      this.#nodes.set(id, createRaft({ id, voters, random: seededRandom(id) }));
      this.#inboxes.set(id, []);
    }
    this.#leader = this.#elect();
  }

  /** Commands that are committed, by the leader's count. */
  get committedCount(): number {
    return this.#leader.commitIndex;
  }

  /** Proposes each payload by itself, then lets all that follows happen. */
  commit(payloads: readonly Uint8Array[]): void {
    for (const payload of payloads) {
      this.#proposalCount += 1;
      this.#step(this.#leader, [
        { kind: 'propose', proposalId: this.#proposalCount, payloads: [payload] },
      ]);
    }
    this.#settle();
  }

  /** Proposes all payloads in one step, then lets all that follows happen. */
  commitTogether(payloads: readonly Uint8Array[]): void {
    this.#proposalCount += 1;
    this.#step(this.#leader, [{ kind: 'propose', proposalId: this.#proposalCount, payloads }]);
    this.#settle();
  }

  /** Snapshots everything, so that the logs stay short. */
  compact(): void {
    for (const raft of this.#nodes.values()) {
      const { lastApplied, log, configuration } = raft;
      const metadata = {
        lastIncludedIndex: lastApplied,
        lastIncludedTerm: log.termAt(lastApplied) ?? 0,
        configuration,
        configurationIndex: log.configurationIndex,
      };
      this.#step(raft, [{ kind: 'snapshotTaken', metadata, trailingEntryCount: 0 }]);
    }
  }

  #elect(): RaftState {
    for (;;) {
      for (const raft of this.#nodes.values()) this.#step(raft, [{ kind: 'tick' }]);
      this.#settle();
      for (const raft of this.#nodes.values()) if (raft.role.kind === 'leader') return raft;
    }
  }

  /** Every node takes all that waits for it in one step, until nothing waits. */
  #settle(): void {
    let isBusy = true;
    while (isBusy) {
      isBusy = false;
      for (const [id, raft] of this.#nodes) {
        const inputs = this.#inboxes.get(id) ?? [];
        if (inputs.length === 0) continue;
        this.#inboxes.set(id, []);
        this.#step(raft, inputs);
        isBusy = true;
      }
    }
  }

  #step(raft: RaftState, inputs: readonly RaftInput[]): void {
    for (const effect of stepAll(raft, inputs)) {
      switch (effect.kind) {
        case 'send':
          this.#inboxes
            .get(effect.to)
            ?.push({ kind: 'receive', from: raft.id, message: effect.message });
          break;
        case 'persist':
          this.#inboxes.get(raft.id)?.push({ kind: 'persisted', ticket: effect.ticket });
          break;
        case 'apply': {
          const logIndex = effect.entries.at(-1)?.logIndex ?? 0;
          this.#inboxes.get(raft.id)?.push({ kind: 'applied', logIndex });
          break;
        }
        default:
          break;
      }
    }
  }
}
