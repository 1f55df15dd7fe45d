/*
 * Request and reply over a transport that loses, delays, repeats and reorders.
 *
 * The transport gives no answer, so the caller waits with a deadline, and the deadline travels with
 * the request, as the time that remains: clocks of two machines differ, durations hardly do. What
 * the caller must know when no reply comes is whether it may ask again without doing the thing
 * twice. So every failure is either definite (it did not happen and will not) or indefinite, and
 * the requester says which: refused before it left or before it started is definite, silence is
 * not.
 *
 * A request delivered twice is run once. Each request has a number that rises with every request of
 * its process; a window of bits tells numbers seen from new ones, and the last answers are kept, so
 * that a second delivery is answered like the first. What falls below the window is not run at all,
 * which its caller sees as silence.
 *
 * Sources: Birrell and Nelson, "Implementing Remote Procedure Calls", 1984 (at-most-once by
 * conversation number and sequence); gRPC over HTTP/2 (deadlines as remaining time); Maelstrom's
 * error codes (definite and indefinite).
 */
import { openChannel } from './channel.ts';
import type { Clock } from './clock.ts';
import { IncomingRequests } from './incoming-requests.ts';
import { OutgoingRequests } from './outgoing-requests.ts';
import { protocolName } from './protocol-name.ts';
import { requestCodec } from './request-codec.ts';
import {
  type RequesterCounters,
  requesterLimits,
  type RequesterOptions,
} from './requester-options.ts';
import type { Requester } from './requester.ts';
import type { Transport } from './transport.ts';

/** A requester that owns its subscription and its timers. */
export interface ClosableRequester extends Requester {
  /** What happened so far that no caller sees. */
  readonly counters: Readonly<RequesterCounters>;

  /**
   * Rejects what waits with `TransportClosedError`, tells running handlers to stop, and leaves the
   * transport open. Idempotent.
   */
  close(): void;
}

const defaultProtocol = protocolName('requester');

/** For each transport, a number larger than those its closed requesters have used. */
const unusedCorrelations = new WeakMap<Transport, number>();

/**
 * Request and reply over `transport`.
 *
 * @param transport - Stays the caller's to close, after the requester.
 * @param clock - Measures deadlines; the one the transport uses.
 * @returns A requester for both directions. One per transport and protocol.
 * @throws RangeError if a limit is no integer of at least 1, or the protocol has a listener.
 *
 * @remarks
 * The largest request is a little smaller than `maxPayloadBytes`: 20 bytes and the method. A reply
 * may be 10 bytes smaller. O(log n) time per request, n being those in flight, and one timer in
 * all. Deterministic: uses nothing but its arguments.
 */
export function createRequester(
  transport: Transport,
  clock: Clock,
  options: RequesterOptions = {},
): ClosableRequester {
  const limits = requesterLimits(options.limits);
  const counters: RequesterCounters = {
    malformedCount: 0,
    unexpectedAnswerCount: 0,
    duplicateRequestCount: 0,
    refusedRequestCount: 0,
    unsentAnswerCount: 0,
  };
  const channel = openChannel(transport, options.protocol ?? defaultProtocol, requestCodec);
  const parts = { channel, clock, limits, counters };
  const outgoing = new OutgoingRequests(parts, firstCorrelation(transport, clock));
  const incoming = new IncomingRequests(parts, transport.capabilities, options.onError);

  const unsubscribe = channel.subscribe((_from, message, delivery) => {
    if (message.kind === 'request') incoming.received(message, delivery);
    else if (message.kind === 'cancel') incoming.cancelled(message.correlation, delivery);
    else outgoing.answered(delivery, message);
  });
  const unobserve = transport.observePeers((event) => outgoing.peerChanged(event));

  return {
    request: (to, method, payload, requestOptions) =>
      outgoing.request(to, method, payload, requestOptions),
    serve: (method, handler) => incoming.serve(method, handler),
    get counters() {
      return { ...counters, malformedCount: channel.malformedCount };
    },
    close() {
      unsubscribe();
      unobserve();
      outgoing.close();
      incoming.close();
      const unused = unusedCorrelations.get(transport) ?? 0;
      unusedCorrelations.set(transport, Math.max(unused, outgoing.nextCorrelation));
    },
  };
}

/**
 * Where a new requester begins to count. Peers take a number they have seen for a repetition, so a
 * second requester of the same process must not begin where the first one did: it begins at the
 * time in microseconds, which no requester outruns, and above those known to be used.
 */
function firstCorrelation(transport: Transport, clock: Clock): number {
  const nowUs = Math.max(0, Math.floor(clock.nowMs() * 1_000));
  return Math.max(nowUs, unusedCorrelations.get(transport) ?? 0);
}
