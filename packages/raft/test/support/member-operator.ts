import type { ClientOperation } from '@quorate/simulation';
import type { NodeId } from '@quorate/transport';

import { BrokenInvariant } from './invariants.ts';
import { memberRequestOf, votersAfter } from './member-changes.ts';
import type { RunningNode } from './sim-cluster.ts';

/** What an operator keeps in mind. */
interface MemberOperatorOptions {
  /** Changes nothing. */
  readonly isFixed: boolean;
  /** Nodes whose disks faults may damage. */
  readonly damaged: ReadonlySet<string>;
  /** Nodes that stay down in the end. */
  readonly outsiders: ReadonlySet<string>;
  /** Told how each change went. */
  readonly onHappening: (what: string) => void;
}

/**
 * Changes the members of a cluster, without gambling it away: of those who vote, a majority keeps
 * its disks whole and comes back in the end. What a minority may suffer, Raft claims to bear.
 */
export class MemberOperator {
  readonly #options: MemberOperatorOptions;
  /** Where the latest change stands that was reported to be committed. */
  #acknowledgedIndex = 0;

  constructor(options: MemberOperatorOptions) {
    this.#options = options;
  }

  /** How many nodes may start a cluster of `nodeCount`, where `wanted` of them should. */
  voterCountOf(nodeCount: number, wanted: number = nodeCount): number {
    const voterCount = Math.min(nodeCount, wanted);
    const voters = Array.from({ length: voterCount }, (_, place) => `n${place + 1}`);
    return this.#options.isFixed || !this.#isBearable(voters) ? nodeCount : voterCount;
  }

  /** Asks `running` for a change, if that is one which can be borne. */
  begin({ node }: RunningNode, operation: ClientOperation, nodeIds: readonly NodeId[]): void {
    if (this.#options.isFixed) return;
    const status = node.status();
    const request = memberRequestOf(operation, nodeIds, status);
    if (request === undefined) return;
    const { changes, options, isPatient } = request;
    if (changes.length > 0 && !this.#isBearable(votersAfter(status.configuration, changes))) return;
    const [first] = changes;
    const outcome =
      isPatient && first !== undefined
        ? node.addVoter(first.node, options)
        : node.changeMembership(changes, options);
    void outcome.then((answer) => {
      this.#options.onHappening(`members ${answer.kind}`);
      if (answer.kind !== 'committed') return;
      this.#acknowledgedIndex = Math.max(this.#acknowledgedIndex, answer.logIndex);
    });
  }

  /** A change that was reported to be committed is known to all members in the end. */
  expectKnown(nodeId: NodeId, configurationIndex: number): void {
    if (configurationIndex >= this.#acknowledgedIndex) return;
    const detail = `${nodeId} knows of ${configurationIndex}, not of ${this.#acknowledgedIndex}`;
    throw new BrokenInvariant('acknowledged change', detail);
  }

  #isBearable(voters: readonly string[]): boolean {
    const { damaged, outsiders } = this.#options;
    return [damaged, outsiders].every(
      (hit) => 2 * voters.filter((voter) => hit.has(voter)).length < voters.length,
    );
  }
}
