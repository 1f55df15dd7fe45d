import { describe, expect, test } from 'vitest';

import { openChannel } from '../src/channel.ts';
import { type Codec, DecodeError } from '../src/codec.ts';
import { protocolName } from '../src/protocol-name.ts';
import { ManualClock } from './support/manual-clock.ts';
import { ManualNetwork } from './support/manual-network.ts';
import { localId, remoteId } from './support/requests.ts';

const protocol = protocolName('count');

/** One byte, of which 255 is no message and 254 a fault of the codec. */
const codec: Codec<number> = {
  encode: (message) => Uint8Array.of(message),
  decode: ([byte]) => {
    if (byte === 254) throw new TypeError('a codec with a bug');
    if (byte === undefined || byte === 255) throw new DecodeError(`byte: got ${byte}`);
    return byte;
  },
};

function openPair() {
  const network = new ManualNetwork(new ManualClock());
  const [near, far] = [network.join(localId), network.join(remoteId)];
  return { network, near, far, channel: openChannel(near, protocol, codec) };
}

describe('a channel', () => {
  test('carries messages, and says whose it is', () => {
    const { network, far, channel } = openPair();
    const heard: unknown[] = [];
    openChannel(far, protocol, codec).subscribe((from, message, { incarnation }) =>
      heard.push({ from, message, incarnation }),
    );
    expect(channel.localId).toBe(localId);
    expect(channel.send(remoteId, 7)).toBe('accepted');
    network.deliverAll();
    expect(heard).toEqual([{ from: localId, message: 7, incarnation: 1 }]);
    network.outcome = 'dropped';
    expect(channel.send(remoteId, 7)).toBe('dropped');
  });

  test('drops and counts what does not decode', () => {
    const { network, far, channel } = openPair();
    const heard: number[] = [];
    const unsubscribe = channel.subscribe((_from, message) => heard.push(message));
    for (const bytes of [[255], [], [3]]) far.send(localId, protocol, Uint8Array.from(bytes));
    network.deliverAll();
    expect(heard).toEqual([3]);
    expect(channel.malformedCount).toBe(2);
    unsubscribe();
    far.send(localId, protocol, Uint8Array.of(4));
    network.deliverAll();
    expect(heard).toEqual([3]);
  });

  test('hides neither a bug of the codec nor one of the listener', () => {
    const { network, far, channel } = openPair();
    channel.subscribe(() => {
      throw new DecodeError('thrown by a listener that decodes something itself');
    });
    far.send(localId, protocol, Uint8Array.of(254));
    expect(() => network.deliverAll()).toThrow(TypeError);
    far.send(localId, protocol, Uint8Array.of(1));
    expect(() => network.deliverAll()).toThrow(DecodeError);
    expect(channel.malformedCount).toBe(0);
  });
});
