/** What all parts of a node stand on: a carrier that can be broken, and a disk that is measured. */
import {
  type Clock,
  type ClosableRequester,
  createRequester,
  type NodeId,
  type Random,
} from '@quorate/transport';
import { FaultyTransport } from '@quorate/transport/faulty';

import { InjectedFaults } from '../injected-faults.ts';
import { MeasuredDisk } from '../observe/measured-disk.ts';
import { type ObservedCarrier, observeCarrier } from '../observe/observed-carrier.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { PeerCalls } from './gateway/peer-calls.ts';
import type { NodeOptions } from './node-options.ts';

/** Answers kept for a peer whose request may come twice, which it does within moments. */
const ANSWERS_REMEMBERED = 128;

/** The same for all parts of one node. */
export interface Surroundings extends ObservedCarrier {
  readonly disk: MeasuredDisk;
  readonly clock: Clock;
  readonly watchClock: Clock;
  readonly random: Random;
  readonly requester: ClosableRequester;
  /** Requests that give up soon on peers that are not well, and how well each is. */
  readonly calls: PeerCalls;
  readonly faults: InjectedFaults;
  /** How long a client waits for an outcome, in ms. */
  readonly requestTimeoutMs: number;
  readonly onNotice: (text: string) => void;
  readonly onNews: (text: string) => void;
  /** Undefined: nobody traces requests. */
  readonly telemetry: Telemetry | undefined;
  readonly memory: NodeOptions['memory'];
}

/** Puts around what a node was given whatever breaks, stamps, counts and guards it. */
export function surround(options: NodeOptions): Surroundings {
  const { clock, random, watchClock = clock, requestTimeoutMs = 3_000 } = options;
  const { onNotice = () => undefined, onNews = () => undefined, telemetry, memory } = options;
  const faulty = new FaultyTransport(options.transport, options);
  const faults = new InjectedFaults(faulty, options.onMachineFaults);
  if (options.faults !== undefined) faults.set(options.faults);
  const isBlocked = (peer: NodeId): boolean => faults.isBlocked(peer);
  const observed = observeCarrier(faulty, {
    ...{ clock, watchClock, random, isBlocked },
    context: telemetry?.messages,
  });
  const { transport } = observed;
  const disk = new MeasuredDisk(options.disk, clock);
  const limits = { rememberedPerPeerMax: ANSWERS_REMEMBERED };
  const plain = createRequester(transport, clock, { limits });
  const requester = telemetry?.requester(plain) ?? plain;
  const calls = new PeerCalls({ transport, requester, clock, random });
  const given = { clock, watchClock, random, requestTimeoutMs, onNotice, onNews };
  return { ...given, telemetry, memory, ...observed, disk, requester, calls, faults };
}
