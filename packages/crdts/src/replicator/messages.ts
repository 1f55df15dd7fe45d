/** What one node says of its version of one document. */
export interface VersionEntry {
  readonly document: string;
  /**
   * 'full': the version itself. 'hash': 8 bytes of it, which say no more than equal or not. 'none':
   * there is no such document, or none any more.
   */
  readonly form: 'full' | 'hash' | 'none';
  /**
   * Which of the times that this node attached documents it speaks of; if there is none, the latest
   * of all. What it said of an earlier one is not true of a later one.
   */
  readonly attachment: number;
  /** Whether this node means to keep what it has, so that others may count on it. */
  readonly isKept: boolean;
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
  /** Which attachment of the receiver lacks it. Another one may lack more, and takes nothing. */
  readonly attachment: number;
  /** Names this message in acknowledgements. */
  readonly number: number;
  /** Whether the sender means to keep what it has. */
  readonly isKept: boolean;
  /** More follows, as soon as the receiver has said what it has. */
  readonly wantsVersion: boolean;
  readonly updates: readonly Uint8Array[];
}

/** What came in these messages is applied, durable, and to be kept. */
export interface AcksMessage {
  readonly kind: 'acks';
  readonly document: string;
  readonly numbers: readonly number[];
}

/** What the receiver lacks was trimmed here: it may have the whole document instead. */
export interface OfferMessage {
  readonly kind: 'offer';
  readonly document: string;
  /** The hash of the receiver's version that this answers. */
  readonly base: Uint8Array;
  /** What the sender lacks, it cannot take in either: each has what the other one cannot get. */
  readonly isDiverged: boolean;
}

/** Asks for the whole document, from `offset` on. */
export interface FetchMessage {
  readonly kind: 'fetch';
  readonly document: string;
  /** Which bytes were begun; 0 and 0 if none were. */
  readonly sizeBytes: number;
  readonly crc: number;
  readonly offset: number;
}

/** The whole document. Without bytes: there is none to be had. */
export interface WholeMessage {
  readonly kind: 'whole';
  readonly document: string;
  readonly bytes: Uint8Array;
}

/** A message that can come in pieces, because of one thing in it that may be large. */
export type PartedMessage = UpdatesMessage | VersionsMessage | WholeMessage;

/** A piece of a message whose update, version or document is too large for the transport. */
export interface PartMessage {
  readonly kind: 'part';
  /** The message without its update, version or document. */
  readonly head: PartedMessage;
  /** Of what was taken out. Together with its checksum its name. */
  readonly sizeBytes: number;
  readonly crc: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What replicators say to each other. */
export type ReplicationMessage =
  PartedMessage | AcksMessage | OfferMessage | FetchMessage | PartMessage;
