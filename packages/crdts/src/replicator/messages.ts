/** What one node says of its version of one document. */
export interface VersionEntry {
  readonly document: string;
  /** 'full': the version itself. 'hash': 8 bytes of it, which say no more than equal or not. */
  readonly form: 'full' | 'hash';
  /** Whether the other one shall answer with its own, in full. */
  readonly wantsReply: boolean;
  /** The largest number of updates for this document that came from the receiver; 0 if none. */
  readonly seen: number;
  readonly version: Uint8Array;
}

/** Versions of one or more documents, of which all that they cover is durable. */
export interface VersionsMessage {
  readonly kind: 'versions';
  readonly entries: readonly VersionEntry[];
}

/** News of one document. */
export interface UpdatesMessage {
  readonly kind: 'updates';
  readonly document: string;
  /** Names this message in acknowledgements. */
  readonly number: number;
  /** More follows, as soon as the receiver has said what it has. */
  readonly wantsVersion: boolean;
  readonly updates: readonly Uint8Array[];
}

/** What came in these messages is applied and durable. */
export interface AcksMessage {
  readonly kind: 'acks';
  readonly document: string;
  readonly numbers: readonly number[];
}

/** A piece of a message whose one update, or one version, is too large for the transport. */
export interface PartMessage {
  readonly kind: 'part';
  /** The message without its update or version. */
  readonly head: UpdatesMessage | VersionsMessage;
  /** Of the whole update or version. Together with its checksum its name. */
  readonly sizeBytes: number;
  readonly crc: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What replicators say to each other. */
export type ReplicationMessage = VersionsMessage | UpdatesMessage | AcksMessage | PartMessage;
