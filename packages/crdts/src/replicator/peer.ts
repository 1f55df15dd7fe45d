import type { NodeId } from '@quorate/transport';

import { Link, type Window } from './link.ts';
import type { VersionEntry } from './messages.ts';
import { Assembly, type Cutting } from './parts.ts';
import type { ReplicatorLimits } from './replicator-options.ts';

/** How much slower than the average answer one may be before it counts as lost. */
const PATIENCE = 4;
/** How much one answer changes the average (Jacobson, SIGCOMM 1988). */
const GAIN = 1 / 8;

/** A version that is to be told. */
export type Statement = Omit<VersionEntry, 'document' | 'seen'>;

/** A whole document that is to be offered. */
export interface Offer {
  readonly base: Uint8Array;
  readonly isDiverged: boolean;
}

/** One peer, with what it has of each document. */
export class Peer {
  readonly id: NodeId;
  /** The life it is in, as far as was heard; -1 if nothing was. */
  incarnation = -1;
  readonly links: Map<string, Link> = new Map<string, Link>();
  /** Bytes of updates on their way to it. */
  readonly window: Window = { bytes: 0 };
  /** Documents of which it may lack something. */
  readonly behind: Set<string> = new Set<string>();
  /** Messages to acknowledge, by document. */
  readonly owed: Map<string, Set<number>> = new Map<string, Set<number>>();
  /** Versions to tell, by document. */
  readonly untold: Map<string, Statement> = new Map<string, Statement>();
  /** Documents that it may have whole, and why. */
  readonly offers: Map<string, Offer> = new Map<string, Offer>();
  /** Pieces of a whole document that it asked for. */
  serving: Cutting | undefined;
  /** Whether to hold back until the transport has room. */
  isPressured = false;
  /** What is being sent piece by piece. */
  cutting: Cutting | undefined;
  /** Whose pieces are on their way; those of two messages would drive each other out. */
  cut: { readonly link: Link; readonly number: number } | undefined;
  /** When the last of such pieces was sent. */
  cutUntilMs = 0;
  readonly assembly: Assembly;
  /** When the last piece arrived. */
  partAtMs = 0;
  #roundTripMs = 0;
  #backOff = 1;

  constructor(id: NodeId, messageBytesMax: number) {
    this.id = id;
    this.assembly = new Assembly(messageBytesMax);
  }

  /** Whether it has to wait for room. */
  get isHeld(): boolean {
    return this.isPressured || this.cutting !== undefined;
  }

  /** Whether pieces are on their way that are not acknowledged. */
  get awaitsParts(): boolean {
    return this.cut?.link.awaits(this.cut.number) === true;
  }

  /** What it has of a document. */
  link(document: string): Link {
    const known = this.links.get(document);
    if (known !== undefined) return known;
    const link = new Link(this.window);
    this.links.set(document, link);
    return link;
  }

  /** How long to wait for an answer, in ms. */
  patienceMs({ retryMs, retryMsMax }: Pick<ReplicatorLimits, 'retryMs' | 'retryMsMax'>): number {
    return Math.min(retryMsMax, Math.max(retryMs, this.#roundTripMs * PATIENCE) * this.#backOff);
  }

  /** An answer took that long. */
  answered(tookMs: number): void {
    this.#roundTripMs += (this.#roundTripMs === 0 ? 1 : GAIN) * (tookMs - this.#roundTripMs);
    this.#backOff = 1;
  }

  /** An answer did not come in time. */
  missed(): void {
    this.#backOff = Math.min(2 ** 16, this.#backOff * 2);
  }

  /** It begins a new life, or may have. */
  reset(): void {
    for (const link of this.links.values()) link.reset();
    this.behind.clear();
    this.owed.clear();
    this.untold.clear();
    this.offers.clear();
    this.serving = undefined;
    this.assembly.clear();
    this.isPressured = false;
    this.cutting = undefined;
    this.#backOff = 1;
  }

  /** Forgets a document. */
  drop(document: string): void {
    this.links.get(document)?.lose();
    this.links.delete(document);
    this.behind.delete(document);
    this.owed.delete(document);
    this.untold.delete(document);
    this.offers.delete(document);
  }
}
