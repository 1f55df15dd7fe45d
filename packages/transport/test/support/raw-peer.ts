import { FrameDecoder, frameKinds, urgentBit } from '../../src/frame.ts';
import { encodeHello, handshakeFrameBytesMax, refusalReasons } from '../../src/hello.ts';
import type { Hello } from '../../src/hello.ts';
import { nodeId } from '../../src/node-id.ts';
import { frameBytes, FrameCollector, joined, type PlainFrame } from './frames.ts';
import type { Host, VirtualNetwork, WireEnd } from './virtual-network.ts';

/** A HELLO that a `VirtualNetwork` host named `left` accepts. */
export const honestHello: Hello = {
  versionMin: 1,
  versionMax: 1,
  clusterId: 'virtual',
  nodeId: nodeId('raw'),
  incarnation: 1,
  nonce: new Uint8Array(16).fill(7),
  payloadBytesMax: 2 ** 20,
  features: 0,
  number: 1,
  liveNumbers: [],
  expects: nodeId('left'),
};

const nothing = new Uint8Array(0);

/** Somebody who dials a host and says whatever a test wants. */
export class RawPeer {
  readonly end: WireEnd;
  readonly #heard = new FrameCollector();
  readonly #decoder = new FrameDecoder(this.#heard, handshakeFrameBytesMax);
  readonly #sequences = { urgent: 0, other: 0 };
  isClosed = false;

  constructor(network: VirtualNetwork, host: Host) {
    this.end = network.lay(host, () => ({
      received: (chunk) => void this.#decoder.push(chunk),
      written: () => undefined,
      malformed: () => undefined,
      closed: () => (this.isClosed = true),
    }));
  }

  /** The frames of `kind` that came back. */
  heard(kind: keyof typeof frameKinds): readonly PlainFrame[] {
    return this.#heard.frames.filter((frame) => (frame.kind & ~urgentBit) === frameKinds[kind]);
  }

  /** Why it was refused, if it was. */
  get refusal(): string | undefined {
    const [refusal] = this.heard('refuse');
    return refusal && refusalReasons[refusal.payload[0] ?? -1];
  }

  /** The bytes of one frame with the next number of its lane. */
  next(
    kind: number,
    payload: Uint8Array = nothing,
    lane: 'urgent' | 'other' = 'urgent',
  ): Uint8Array {
    const sequence = this.#sequences[lane]++;
    const bit = lane === 'urgent' ? urgentBit : 0;
    return frameBytes({ kind: kind | bit, protocolNumber: 0, sequence, payload });
  }

  /** Writes frames of the given kinds, each with its payload, at once. */
  say(...frames: readonly (readonly [keyof typeof frameKinds, Uint8Array?])[]): void {
    this.write(joined(frames.map(([kind, payload]) => this.next(frameKinds[kind], payload))));
  }

  write(bytes: Uint8Array): void {
    this.end.write([bytes]);
  }

  /** Says HELLO, with `changes`, and a proof. */
  greet(changes: Partial<Hello> = {}, proof: Uint8Array = nothing): void {
    this.say(['hello', encodeHello({ ...honestHello, ...changes })], ['proof', proof]);
  }
}
