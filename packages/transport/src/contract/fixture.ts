import type { PeerEvent, Transport } from '../transport.ts';

/** A promise of the contract; the list stands at `Transport`. */
export type ContractClause =
  'C1' | 'C2' | 'C3' | 'C4' | 'C5' | 'C6' | 'C7' | 'C8' | 'C9' | 'C10' | 'C11';

/** Told what a node observes about its peers, from the moment the node exists. */
export type PeerObserver = (localId: string, event: PeerEvent) => void;

/**
 * A small network of one kind of carrier, without faults, made for one test. In real time or in a
 * simulator's: the suite never waits but through `settle`.
 */
export interface TransportFixture {
  /** The bytes that one queue to a peer holds, frame headers included, at most. */
  readonly maxQueueBytes: number;

  /** What was given to `onError` of any node so far. */
  readonly errors: readonly unknown[];

  /**
   * Opens one transport for each id, each able to reach every other. Where the carrier dials, both
   * ends of each pair dial at once. Called once.
   *
   * @param observe - Subscribed to each transport before it can have met a peer.
   * @returns The transports in the order of `ids`, once each has seen every other come 'up'.
   */
  connect(ids: readonly string[], observe?: PeerObserver): Promise<readonly Transport[]>;

  /**
   * Lets some time pass: returns once what was sent by nodes that are open, to nodes that are open
   * and not stalled, has been delivered. Must not wait for anything that cannot happen.
   */
  settle(): Promise<void>;

  /**
   * Replaces the process behind `localId`: the old one vanishes without a word, a new one takes its
   * place with a newer incarnation. Absent where a node cannot restart: declare C9 an exception.
   *
   * @returns The new transport, once it and all others have seen each other come 'up'.
   */
  restart?(localId: string): Promise<Transport>;

  /**
   * Keeps `localId` from reading what arrives, as a process does that is busy or stopped, until the
   * returned function is called. Absent where a node always reads: declare C7 an exception.
   */
  stall?(localId: string): () => void;

  /** Closes everything that `connect` and `restart` opened. */
  dispose(): Promise<void>;
}

/** What a carrier cannot promise. */
export interface ContractOptions {
  /** Clauses left out, each with the reason. The reason stands in the name of the skipped test. */
  readonly exceptions?: Readonly<Partial<Record<ContractClause, string>>>;
}
