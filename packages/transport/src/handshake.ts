import type { Authentication } from './authentication.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { DecodeError } from './codec.ts';
import { frameKinds, frameVersion, type Sealing } from './frame.ts';
import { decodeHello, encodeHello, helloFeatures, judgeHello, proofTranscript } from './hello.ts';
import { liveNumbersMax, refusalReasons, type Hello, type RefusalReason } from './hello.ts';
import type { Link } from './link.ts';
import type { NodeId } from './node-id.ts';
import type { Session } from './session.ts';

/** Bytes of one proof, at most. */
const PROOF_BYTES_MAX = 1_024;

const nothing = new Uint8Array(0);

/** How a link came to be. */
export interface LinkOrigin {
  /** Whom the local node dialed, or undefined if it was dialed. */
  readonly dialed: NodeId | undefined;
  /** Whether this end speaks first. Both may; at least one must. */
  readonly begins: boolean;
  /** Called when the link has ended, as a session or before. */
  readonly ended?: () => void;
}

/** What a handshake needs from the transport it belongs to, and tells it. */
export interface HandshakeHost {
  readonly localId: NodeId;
  readonly clusterId: string;
  readonly incarnation: number;
  readonly payloadBytesMax: number;
  readonly authentication: Authentication | undefined;
  /** Sixteen bytes that nobody can foresee. */
  createNonce(): Uint8Array;
  /** Counts up from 1 with every HELLO of this transport. */
  nextHelloNumber(): number;
  /** The numbers of the HELLOs sent to `peer` over links that are not known to be dead. */
  liveNumbers(peer: NodeId): readonly number[];
  /** The far end has proven who it is. */
  proven(handshake: Handshake, remote: Hello): void;
  /** The far end is the arbiter and chose this link; `number` rises with its choices. */
  accepted(handshake: Handshake, remote: Hello, number: number): void;
  /** The local node is the arbiter and the far end took its choice. */
  confirmed(handshake: Handshake, remote: Hello): void;
  /** No session: refused by this end, or by the far end. Called at most once. */
  refused(handshake: Handshake, reason: RefusalReason, by: 'local' | 'remote'): void;
  /** An error of an authentication hook. */
  report(error: unknown): void;
}

/**
 * One end's half of the conversation at the head of `hello.ts`. Reads one frame after another, also
 * while a proof is made or checked elsewhere, and decides nothing about the pair: see `PeerTable`.
 */
export class Handshake {
  readonly session: Session;
  readonly origin: LinkOrigin;
  readonly #host: HandshakeHost;
  readonly #inbox: { readonly kind: number; readonly payload: Uint8Array }[] = [];
  #isBusy = false;
  #isProven = false;
  #isRefused = false;
  #number: number | undefined;
  #localBytes: Uint8Array | undefined;
  #remoteBytes: Uint8Array | undefined;
  #remote: Hello | undefined;

  constructor(session: Session, origin: LinkOrigin, host: HandshakeHost) {
    this.session = session;
    this.origin = origin;
    this.#host = host;
  }

  /** The number of the HELLO sent here, or undefined before. */
  get number(): number | undefined {
    return this.#number;
  }

  /** What the far end says about itself, once it has. Not to be believed before `proven`. */
  get remote(): Hello | undefined {
    return this.#remote;
  }

  /** How both ends will find damage: the cheapest way that both can. */
  get sealing(): Sealing {
    const shared = featuresOf(this.session.link) & (this.#remote?.features ?? 0);
    if ((shared & helloFeatures.isProtected) !== 0) return 'none';
    return (shared & helloFeatures.hasCrc32) !== 0 ? 'block' : 'frame';
  }

  /** Says HELLO first. An end that does not, answers. */
  begin(): void {
    this.#sendHello(this.origin.dialed);
  }

  /** Takes a frame of the handshake. `payload` is copied. */
  receive(kind: number, payload: Uint8Array): void {
    this.#inbox.push({ kind, payload: payload.slice() });
    this.#pump();
  }

  /** Tells the far end that its link was chosen. */
  accept(number: number): void {
    const writer = new ByteWriter(8);
    writer.u64(number);
    this.session.sendHandshake(frameKinds.accept, writer.finish());
  }

  /** Tells the arbiter that its choice was taken. */
  confirm(): void {
    this.session.sendHandshake(frameKinds.confirm, nothing);
  }

  /** Ends without a session and tells the far end why. */
  refuse(reason: RefusalReason): void {
    if (this.#isRefused) return;
    this.#isRefused = true;
    this.session.finish(frameKinds.refuse, Uint8Array.of(refusalReasons.indexOf(reason)));
    this.#host.refused(this, reason, 'local');
  }

  #pump(): void {
    while (!this.#isBusy && !this.session.isOver) {
      const frame = this.#inbox.shift();
      if (frame === undefined) return;
      this.#take(frame.kind, frame.payload);
    }
  }

  #take(kind: number, payload: Uint8Array): void {
    const remote = this.#remote;
    if (kind === frameKinds.refuse) {
      this.#isRefused = true;
      this.session.end('refused', undefined);
      this.#host.refused(this, refusalReasons[payload[0] ?? 0] ?? 'malformed', 'remote');
    } else if (kind === frameKinds.hello && remote === undefined) {
      this.#takeHello(payload);
    } else if (kind === frameKinds.proof && remote !== undefined && !this.#isProven) {
      this.#takeProof(remote, payload);
    } else if (kind === frameKinds.accept && remote !== undefined && this.#isProven) {
      this.#takeAccept(remote, payload);
    } else if (kind === frameKinds.confirm && remote !== undefined && this.#isProven) {
      this.#host.confirmed(this, remote);
    } else {
      this.refuse('malformed');
    }
  }

  #takeHello(payload: Uint8Array): void {
    let remote: Hello;
    try {
      remote = decodeHello(payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.refuse('malformed');
      return;
    }
    const { localId, clusterId } = this.#host;
    const reason = judgeHello(remote, { localId, clusterId, dialed: this.origin.dialed });
    if (reason !== undefined) {
      this.refuse(reason);
      return;
    }
    this.#remote = remote;
    this.#remoteBytes = payload;
    this.#sendHello(remote.nodeId);
    const { authentication } = this.#host;
    if (authentication === undefined) {
      this.session.sendHandshake(frameKinds.proof, nothing);
      return;
    }
    this.#await(
      () => authentication.prove({ peer: remote.nodeId, transcript: this.#transcript('local') }),
      (proof) => {
        this.#sendProof(proof);
      },
    );
  }

  #sendProof(proof: Uint8Array): void {
    if (proof instanceof Uint8Array && proof.length <= PROOF_BYTES_MAX) {
      this.session.sendHandshake(frameKinds.proof, proof);
      return;
    }
    this.#host.report(new RangeError('proof: expected a Uint8Array of 0..1024 bytes, got another'));
    this.refuse('proof');
  }

  #takeProof(remote: Hello, proof: Uint8Array): void {
    const { authentication } = this.#host;
    if (authentication === undefined) {
      this.#takeVerdict(remote, true);
      return;
    }
    const { security } = this.session.link;
    const transcript = this.#transcript('remote');
    const claim = { claimedId: remote.nodeId, proof, transcript, security };
    this.#await(
      () => authentication.verify(claim),
      (verdict) => {
        this.#takeVerdict(remote, verdict);
      },
    );
  }

  /** Only true proves: a hook in plain JavaScript may return anything. */
  #takeVerdict(remote: Hello, verdict: unknown): void {
    if (verdict !== true) {
      this.refuse('proof');
      return;
    }
    this.#isProven = true;
    this.#host.proven(this, remote);
  }

  #takeAccept(remote: Hello, payload: Uint8Array): void {
    const number = decodeChoice(payload);
    if (number === undefined) this.refuse('malformed');
    else this.#host.accepted(this, remote, number);
  }

  #sendHello(peer: NodeId | undefined): void {
    if (this.#number !== undefined) return;
    const host = this.#host;
    const liveNumbers = peer === undefined ? [] : host.liveNumbers(peer);
    this.#number = host.nextHelloNumber();
    this.#localBytes = encodeHello({
      versionMin: frameVersion,
      versionMax: frameVersion,
      clusterId: host.clusterId,
      nodeId: host.localId,
      incarnation: host.incarnation,
      nonce: host.createNonce(),
      payloadBytesMax: host.payloadBytesMax,
      features: featuresOf(this.session.link),
      number: this.#number,
      liveNumbers: liveNumbers.slice(0, liveNumbersMax),
      expects: this.origin.dialed,
    });
    this.session.sendHandshake(frameKinds.hello, this.#localBytes);
  }

  #transcript(prover: 'local' | 'remote'): Uint8Array {
    const local = this.#localBytes ?? nothing;
    const remote = this.#remoteBytes ?? nothing;
    const binding = this.session.link.security?.binding;
    return prover === 'local'
      ? proofTranscript(local, remote, binding)
      : proofTranscript(remote, local, binding);
  }

  /** Runs a hook of the application; frames wait until it has answered. */
  #await<Value>(hook: () => Value | Promise<Value>, then: (value: Value) => void): void {
    this.#isBusy = true;
    const resume = (action: () => void): void => {
      this.#isBusy = false;
      if (!this.session.isOver) action();
      this.#pump();
    };
    Promise.resolve()
      .then(hook)
      .then(
        (value) => {
          resume(() => {
            then(value);
          });
        },
        (error: unknown) => {
          this.#host.report(error);
          resume(() => {
            this.refuse('proof');
          });
        },
      );
  }
}

function featuresOf(link: Link): number {
  const isProtected = link.isProtected ? helloFeatures.isProtected : 0;
  return isProtected | (link.crc32 === undefined ? 0 : helloFeatures.hasCrc32);
}

function decodeChoice(payload: Uint8Array): number | undefined {
  try {
    const reader = new ByteReader(payload);
    const number = reader.u64();
    reader.expectEnd();
    return number;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
