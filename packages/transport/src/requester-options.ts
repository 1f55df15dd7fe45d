import type { NodeId } from './node-id.ts';
import type { ProtocolName } from './protocol-name.ts';

/** Bounds on what one requester keeps in memory. Integers, at least 1. */
export interface RequesterLimits {
  /**
   * Requests of ours that wait for an answer, to all peers together. More are refused at once as
   * 'overloaded'. Each takes about 500 bytes, payloads excepted.
   */
  readonly inFlightMax: number;
  /** The same for one peer, so that one silent peer does not use up the others' share. */
  readonly inFlightPerPeerMax: number;
  /** Handlers running for all peers together. Requests beyond are refused as 'overloaded'. */
  readonly runningMax: number;
  /** Handlers running for one peer. */
  readonly runningPerPeerMax: number;
  /** Answers kept for one peer, in case its request is delivered again. The oldest go first. */
  readonly rememberedPerPeerMax: number;
  /** Payload bytes of those answers. */
  readonly rememberedBytesPerPeerMax: number;
}

/** The limits of a requester that states none: room for 10^5 requests in flight to ten peers. */
export const defaultRequesterLimits: RequesterLimits = {
  inFlightMax: 131_072,
  inFlightPerPeerMax: 16_384,
  runningMax: 131_072,
  runningPerPeerMax: 16_384,
  rememberedPerPeerMax: 1_024,
  rememberedBytesPerPeerMax: 1_048_576,
};

/** What a requester may be told. */
export interface RequesterOptions {
  /** The protocol that carries the requests. Both sides must agree. 'requester' if left out. */
  readonly protocol?: ProtocolName;
  /** Bounds that differ from `defaultRequesterLimits`. */
  readonly limits?: Partial<RequesterLimits>;
  /** Gets what a handler threw, except a `RequestRefusedError`. The caller gets its message. */
  readonly onError?: (error: unknown, request: { from: NodeId; method: string }) => void;
}

/** What one requester has counted since it began. Everything only rises. */
export interface RequesterCounters {
  /** Messages that did not decode. */
  malformedCount: number;
  /** Answers to no request that waits: late, repeated, of another peer, or never asked for. */
  unexpectedAnswerCount: number;
  /** Requests delivered again, or so late that they could not be told from one. */
  duplicateRequestCount: number;
  /** Requests of peers refused without running a handler. */
  refusedRequestCount: number;
  /** Answers not sent: the caller had given up, or the transport dropped them. */
  unsentAnswerCount: number;
}

/** The limits that `given` asks for, the others being the defaults. */
export function requesterLimits(given: Partial<RequesterLimits> = {}): RequesterLimits {
  const limits = { ...defaultRequesterLimits, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name}: expected an integer >= 1, got ${value}`);
    }
  }
  return limits;
}
