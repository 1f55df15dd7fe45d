/**
 * Reads and writes of keys, from whichever node the client happened to reach.
 *
 * Raft hands a proposal on to the leader, and a node that is read asks the leader how far to apply;
 * this node then answers from its own copy. What a client may do when something goes wrong depends
 * on one thing: a write that certainly did not and will not happen may be tried again, one whose
 * fate is open must be reported as unknown, because trying it again could do it twice.
 */
import type { RaftNode, ReadConsistency } from '@quorate/raft';

import type { ConfigKeys, ReadAnswer, WriteAnswer } from '../../config/config-answers.ts';
import { commandCodec, type ConfigCommand, resultCodec } from '../../config/config-command.ts';
import type { ConfigStore } from '../../config/config-store.ts';
import type { ReadMode } from '../../config/read-mode.ts';

/** What Raft calls them. */
const consistencies = {
  index: 'linearizable',
  lease: 'lease',
  stale: 'stale',
} as const satisfies Record<ReadMode, ReadConsistency>;

/** What the service needs of its surroundings. */
export interface ConfigServiceOptions {
  readonly raft: Pick<RaftNode, 'propose' | 'read' | 'status'>;
  readonly store: Pick<ConfigStore, 'get'>;
  /** How long a client waits for an outcome, in ms. More than 0. */
  readonly requestTimeoutMs: number;
}

/** Serves the clients of one node. */
export class ConfigService implements ConfigKeys {
  readonly #options: ConfigServiceOptions;
  readonly #proposals = new Map<string, number>();

  constructor(options: ConfigServiceOptions) {
    this.#options = options;
  }

  /** How many proposals of this node ended how: 'committed', 'unknown', or a reason of refusal. */
  get proposals(): ReadonlyMap<string, number> {
    return this.#proposals;
  }

  async write(command: ConfigCommand): Promise<WriteAnswer> {
    const { raft, requestTimeoutMs: timeoutMs } = this.#options;
    const outcome = await raft.propose(commandCodec.encode(command), { timeoutMs });
    const name = outcome.kind === 'rejected' ? outcome.reason : outcome.kind;
    this.#proposals.set(name, (this.#proposals.get(name) ?? 0) + 1);
    switch (outcome.kind) {
      case 'committed':
        return { kind: 'applied', result: resultCodec.decode(outcome.result) };
      case 'rejected':
        // Nodes with a full disk cannot vote; if that is why there is no leader, say so.
        return { kind: 'refused', reason: raft.status().isDiskFull ? 'diskFull' : outcome.reason };
      case 'unknown':
        return outcome;
    }
  }

  async read(key: string, mode: ReadMode): Promise<ReadAnswer> {
    const { raft, store, requestTimeoutMs: timeoutMs } = this.#options;
    const outcome = await raft.read({ consistency: consistencies[mode], timeoutMs });
    if (outcome.kind === 'refused') return { kind: 'refused', reason: outcome.reason };
    return { kind: 'value', value: store.get(key) };
  }
}
