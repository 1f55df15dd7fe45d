import type { Clock, Random, Transport } from '@quorate/transport';

import type { Guard } from './guard.ts';
import type { Link } from './link.ts';
import { latestAttachment } from './attachments.ts';
import type { Peer } from './peer.ts';
import type { ReplicatorLimits } from './replicator-options.ts';
import type { SharedDocument } from './shared-document.ts';
import { areEqualBytes } from './version-hash.ts';

/** What decides about versions needs. */
interface SpeechOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ReplicatorLimits;
  readonly guard: Guard;
  readonly documents: ReadonlyMap<string, SharedDocument>;
  /** Called when there is something to be sent. */
  readonly onWork: () => void;
}

const none = {
  form: 'none',
  isKept: false,
  wantsReply: false,
  version: new Uint8Array(0),
} as const;

/** When to say which version, to whom. */
export class Speech {
  readonly #options: SpeechOptions;

  constructor(options: SpeechOptions) {
    this.#options = options;
  }

  /** Says something for itself: asks what is not known, compares what is. */
  speak(peer: Peer, link: Link, shared: SharedDocument): void {
    const { limits, clock } = this.#options;
    if (link.isFilling && !link.isBusy) link.lose();
    const isKnown = link.sent !== undefined;
    const waitMs = isKnown
      ? limits.compareMs
      : Math.min(limits.retryMsMax, peer.patienceMs(limits) * 2 ** Math.min(16, link.silentCount));
    link.silentCount += 1;
    link.speakAtMs = clock.nowMs() + waitMs * this.#jitter();
    if (!isKnown || link.owesVersion) this.tell(peer, shared, 'full', !isKnown);
    else if (!link.isBusy) this.tell(peer, shared, 'hash', true);
  }

  /** Says what is here, as of now, once that is durable. */
  tell(peer: Peer, shared: SharedDocument, form: 'full' | 'hash', wantsReply: boolean): void {
    if (this.#options.guard.accessOf(peer.id, shared.name) === 'none') return;
    const version = form === 'full' ? shared.mark.version : shared.hash;
    if (form === 'full') peer.link(shared.name).owesVersion = false;
    this.onceDurable(shared, () => {
      const waiting = peer.untold.get(shared.name);
      // A question must not be lost because an answer takes its place.
      const asks = wantsReply || waiting?.wantsReply === true;
      const { attachment, options } = shared;
      const said = { form, attachment, isKept: options.keeps(), version };
      peer.untold.set(shared.name, { ...said, wantsReply: asks });
    });
  }

  /** Says that there is no such document here, or none any more; unless it is none of theirs. */
  deny(peer: Peer, document: string): void {
    const { documents, guard, limits, transport, onWork } = this.#options;
    if (documents.has(document) || peer.untold.size >= limits.documentsMax) return;
    if (guard.accessOf(peer.id, document) === 'none') return;
    peer.untold.set(document, { ...none, attachment: latestAttachment(transport) });
    onWork();
  }

  /** Goes on once all that is here now is durable; or, if it cannot be made so, otherwise. */
  onceDurable(shared: SharedDocument, then: () => void, otherwise = (): void => undefined): void {
    const { flushed } = shared.options;
    if (flushed === undefined) {
      then();
      return;
    }
    const goOn = (next: () => void) => (): void => {
      if (this.#options.documents.get(shared.name) !== shared) return;
      next();
      this.#options.onWork();
    };
    flushed().then(goOn(then), goOn(otherwise));
  }

  /** Says nothing for itself for so long. */
  after(link: Link, delayMs: number): void {
    link.speakAtMs = this.#options.clock.nowMs() + delayMs * this.#jitter();
  }

  /** Says something after that time at the latest. */
  within(link: Link, delayMs: number): void {
    const speakAtMs = this.#options.clock.nowMs() + delayMs * this.#jitter();
    link.speakAtMs = Math.min(link.speakAtMs, speakAtMs);
  }

  /** Whether the peer was told what is here, so that another answer says nothing. */
  wasToldJustNow({ told, toldAtMs }: Link, { mark }: SharedDocument): boolean {
    const { clock, limits } = this.#options;
    if (told === undefined || toldAtMs === undefined) return false;
    if (clock.nowMs() - toldAtMs >= limits.retryMs) return false;
    return areEqualBytes(told, mark.version);
  }

  /** Not all at the same time, or their questions would meet. */
  #jitter(): number {
    return 0.75 + this.#options.random.float() / 2;
  }
}
