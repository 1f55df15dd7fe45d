/**
 * One transport interface for every algorithm, with channels and requests on top. Carriers, the
 * codec kit and the contract suite have entry points of their own.
 *
 * @packageDocumentation
 */
export { type Channel, openChannel } from './channel.ts';
export type { Clock, Timer } from './clock.ts';
export { type Codec, DecodeError } from './codec.ts';
export { type ClosableRequester, createRequester } from './create-requester.ts';
export { type Deadline, DeadlineQueue } from './deadline-queue.ts';
export {
  PeerRestartedError,
  RequestCancelledError,
  RequestDeadlineError,
  RequestFailedError,
  type RequestRefusal,
  RequestRefusedError,
  TransportClosedError,
  TransportError,
  type TransportErrorCode,
} from './errors.ts';
export { IdTable } from './id-table.ts';
export { InvariantViolation } from './invariant.ts';
export { type Branded, type NodeId, nodeId } from './node-id.ts';
export { type ProtocolName, protocolName } from './protocol-name.ts';
export type { Random } from './random.ts';
export {
  defaultRequesterLimits,
  type RequesterCounters,
  type RequesterLimits,
  type RequesterOptions,
} from './requester-options.ts';
export type { RequestContext, Requester, RequestHandler, RequestOptions } from './requester.ts';
export type {
  Delivery,
  PeerDownReason,
  PeerEvent,
  SendOutcome,
  Transport,
  TransportCapabilities,
  Unsubscribe,
} from './transport.ts';
