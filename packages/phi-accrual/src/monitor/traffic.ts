import type { Delivery, NodeId, ProtocolName, Transport, Unsubscribe } from '@quorate/transport';

/** What `observeTransport` tells of messages; a `HeartbeatMonitor` is one. */
export interface TrafficObserver {
  /** A message came straight from `peer`. */
  observeTraffic(peer: NodeId): void;
  /** A message went to `peer`. */
  noteSent(peer: NodeId): void;
}

/**
 * The same transport, with a monitor that watches what goes through it: each message of others is a
 * sign of life, and spares a heartbeat where `suppressedMax` allows it. Peers must do the same, or
 * they miss the heartbeats.
 *
 * @param transport - Give the monitor this one, and everybody else what is returned.
 *
 * @example
 * ```ts
 * import { HeartbeatMonitor, observeTransport } from '@quorate/phi-accrual/monitor';
 * import type { NodeId, Transport } from '@quorate/transport';
 *
 * function watched(transport: Transport, peers: readonly NodeId[]) {
 *   const monitor = new HeartbeatMonitor({ transport, peers, suppressedMax: 4 });
 *   return { monitor, transport: observeTransport(transport, monitor) };
 * }
 * ```
 */
export function observeTransport(transport: Transport, monitor: TrafficObserver): Transport {
  const observed = (listener: (delivery: Delivery) => void) => {
    return (delivery: Delivery): void => {
      monitor.observeTraffic(delivery.from);
      listener(delivery);
    };
  };
  return {
    localId: transport.localId,
    capabilities: transport.capabilities,
    send: (to, protocol, payload) => {
      const outcome = transport.send(to, protocol, payload);
      if (outcome !== 'dropped') monitor.noteSent(to);
      return outcome;
    },
    subscribe: (protocol: ProtocolName, listener): Unsubscribe =>
      transport.subscribe(protocol, observed(listener)),
    observePeers: (listener) => transport.observePeers(listener),
    close: () => transport.close(),
  };
}
