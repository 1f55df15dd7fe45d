/**
 * How nodes of two releases work in one cluster.
 *
 * A cluster is upgraded one node at a time, and may be rolled back one node at a time, so for hours
 * or days nodes of two releases must understand each other. The obvious way, one version in every
 * message and nothing taken from another, stops the cluster at the first upgraded node. Two numbers
 * solve it, for two different questions.
 *
 * **What may these two say to each other?** Each message says in which version it is written, and
 * which one its sender speaks at best. A pair uses the highest that both speak. Nobody waits for an
 * answer before it may speak: whoever was not heard of yet is spoken to in the lowest version, and
 * a restart, which may be a rollback, is such a beginning.
 *
 * ```text
 *   written in │ sender speaks at best │ kind │ term │ …
 *
 *   n1 (1..2) ── 1 2 heartbeat ──────► n2 (1..2)     never heard of n2: lowest
 *   n1        ◄────── 2 2 heartbeat reply ── n2      n1 said 2
 *   n1        ── 2 2 heartbeat ──────► n2            from here on in version 2
 *   n1        ── 1 2 heartbeat ──────► n3 (1..1)     n3 answers 1 1: version 1, as long as it runs
 * ```
 *
 * **What may stand in the log?** An entry stays, and every member reads it, whoever leads then. So
 * what older nodes cannot read is used only once all members speak it, and that fact is itself an
 * entry: the configuration carries the cluster's version. It is raised by an operator who is done
 * upgrading, and only if the leader has heard of each member that it speaks the new one. From there
 * on a rollback is barred: an older release finds an entry it does not know, and refuses to start.
 *
 * Source: after etcd's cluster version and CockroachDB's version gates.
 */

/** The protocol versions that a node speaks. */
export interface ProtocolVersions {
  readonly min: number;
  readonly max: number;
}

/** What this release speaks. */
export const protocolVersions: ProtocolVersions = { min: 1, max: 2 };

/** What the head of a message says, of whichever version it is: this much never changes. */
export interface MessageVersions {
  /** In which version the rest is written. */
  readonly written: number;
  /** The highest that its sender speaks. */
  readonly spoken: number;
}

/** The head of `bytes`; `undefined` if they are no message of any version. */
export function messageVersions(bytes: Uint8Array): MessageVersions | undefined {
  const [written = 0, spoken = 0] = bytes;
  return written > 0 && spoken >= written ? { written, spoken } : undefined;
}
