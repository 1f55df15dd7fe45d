import { positionOf } from '../sorted-ids.ts';
import type { ReplicaId } from '../replica-id.ts';
import { type Member, memberId } from './member.ts';

/** A member of an earlier epoch of whom not all is done. */
export interface DepartedMember {
  /** The first epoch without it. */
  readonly departedEpoch: number;
  /**
   * The epoch in which all members were found to have delivered the same of it, and to have nothing
   * more: nobody ever delivers another message of it.
   */
  readonly settledEpoch: number | undefined;
}

/**
 * Who is numbered how during one epoch: its members, and those departed whose messages are still
 * spoken of. Indexes are places in the sorted ids.
 */
export class EpochTable {
  readonly epoch: number;
  /** Ascending. */
  readonly ids: readonly ReplicaId[];
  /** The members by index; nothing at those of the departed. */
  readonly members: readonly (Member | undefined)[];
  /** By id. */
  readonly departed: ReadonlyMap<ReplicaId, DepartedMember>;

  /**
   * @throws RangeError if there is no member, one comes twice or with another incarnation, or one
   *   has departed before.
   */
  constructor(
    epoch: number,
    members: readonly Member[],
    departed: ReadonlyMap<ReplicaId, DepartedMember> = new Map(),
  ) {
    const byId = new Map(members.map((member) => [memberId(member), member]));
    expectMembers(members, byId, departed);
    this.epoch = epoch;
    this.ids = [...byId.keys(), ...departed.keys()].sort((left, right) => (left < right ? -1 : 1));
    this.members = this.ids.map((id) => byId.get(id));
    this.departed = departed;
  }

  get size(): number {
    return this.ids.length;
  }

  /** The index of `id`, or less than 0 if nobody speaks of it. */
  indexOf(id: ReplicaId): number {
    return positionOf(this.ids, id);
  }

  /** Whether there is a member, not a departed one, at `index`. */
  isMember(index: number): boolean {
    return this.members[index] !== undefined;
  }

  /**
   * The table of the next epoch.
   *
   * @param departed - Who has departed before, as it stands by now.
   * @throws RangeError as the constructor.
   *
   * @remarks
   * A departed member that is settled is no longer spoken of once nobody is left whose messages
   * might depend on one of it that is lost: those who departed no later than it settled, and are
   * not settled themselves. All others have delivered what they depend on.
   */
  next(members: readonly Member[], departed: ReadonlyMap<ReplicaId, DepartedMember>): EpochTable {
    const epoch = this.epoch + 1;
    const open = [...departed.values()].filter(({ settledEpoch }) => settledEpoch === undefined);
    const oldest = Math.min(...open.map(({ departedEpoch }) => departedEpoch));
    const remaining = new Map<ReplicaId, DepartedMember>();
    for (const [id, one] of departed) {
      if (one.settledEpoch === undefined || oldest <= one.settledEpoch) remaining.set(id, one);
    }
    const staying = new Set(members.map(memberId));
    for (const member of this.members) {
      if (member === undefined || staying.has(memberId(member))) continue;
      remaining.set(memberId(member), { departedEpoch: epoch, settledEpoch: undefined });
    }
    return new EpochTable(epoch, members, remaining);
  }
}

function expectMembers(
  members: readonly Member[],
  byId: ReadonlyMap<ReplicaId, Member>,
  departed: ReadonlyMap<ReplicaId, DepartedMember>,
): void {
  if (members.length === 0) throw new RangeError('members: expected at least 1, got 0');
  const nodes = new Set(members.map(({ node }) => node));
  if (nodes.size !== members.length) {
    throw new RangeError(`members: expected one life of each node, got ${[...byId.keys()].join()}`);
  }
  for (const id of byId.keys()) {
    if (!departed.has(id)) continue;
    throw new RangeError(`members: expected a new incarnation, got ${id}, which has departed`);
  }
}
