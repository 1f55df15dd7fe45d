import { type Channel, openChannel } from '../../src/channel.ts';
import { type ClosableRequester, createRequester } from '../../src/create-requester.ts';
import { TransportError } from '../../src/errors.ts';
import { type NodeId, nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import { requestCodec, type RequestMessage } from '../../src/request-codec.ts';
import type { RequesterOptions } from '../../src/requester-options.ts';
import type { TransportCapabilities } from '../../src/transport.ts';
import { ManualClock } from './manual-clock.ts';
import { ManualNetwork, type ManualTransport } from './manual-network.ts';

export const localId: NodeId = nodeId('local');
export const remoteId: NodeId = nodeId('remote');

/** One requester, and opposite to it a peer whose every message the test writes itself. */
export interface Bench {
  readonly clock: ManualClock;
  readonly network: ManualNetwork;
  readonly transport: ManualTransport;
  readonly requester: ClosableRequester;
  readonly peer: ManualTransport;
  /** Sends as the peer, and lets it arrive. */
  readonly say: (message: RequestMessage) => void;
  /** What the requester has sent since the last call. */
  readonly heard: () => RequestMessage[];
}

export function createBench(
  options: RequesterOptions & { readonly carrier?: Partial<TransportCapabilities> } = {},
): Bench {
  const clock = new ManualClock(5);
  const network = new ManualNetwork(clock, options.carrier);
  const transport = network.join(localId);
  const requester = createRequester(transport, clock, options);
  const peer = network.join(remoteId);
  const channel = peerChannel(peer);
  return {
    clock,
    network,
    transport,
    requester,
    peer,
    say: (message) => {
      channel.send(localId, message);
      const [spoken] = network.underway.splice(-1);
      if (spoken !== undefined) network.deliver(spoken);
    },
    heard: () => network.take().map(({ payload }) => requestCodec.decode(payload)),
  };
}

export function peerChannel(peer: ManualTransport): Channel<RequestMessage> {
  return openChannel(peer, protocolName('requester'), requestCodec);
}

/** What became of a request, in a form that tests can compare. */
export type Outcome =
  | { readonly kind: 'replied'; readonly payload: readonly number[] }
  | { readonly kind: 'failed'; readonly code: string; readonly definite: boolean }
  | { readonly kind: 'misused'; readonly message: string };

export async function outcomeOf(request: Promise<Uint8Array>): Promise<Outcome> {
  try {
    return { kind: 'replied', payload: [...(await request)] };
  } catch (error) {
    if (error instanceof TransportError) {
      return { kind: 'failed', code: error.code, definite: error.definite };
    }
    return { kind: 'misused', message: error instanceof Error ? error.message : 'no Error' };
  }
}
