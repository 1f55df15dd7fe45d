/**
 * Calls that are applied once, however often they are sent: sessions of clients in the replicated
 * state, the client that retries, and the server that takes its requests.
 *
 * @packageDocumentation
 */
export {
  defaultSessionLimits,
  SessionMachine,
  type SessionedMachine,
  type SessionOrigin,
} from './session-machine.ts';
export type { SessionLimits } from './session-table.ts';
export type {
  AttemptRejection,
  SessionAnswer,
  SessionAttempt,
  SessionRefusal,
  SessionRequest,
} from './messages.ts';
export type { CallDoubt, CallOutcome, CallRejection } from './call-outcome.ts';
export {
  SessionClient,
  type SessionClientOptions,
  type SessionEvent,
} from './node/session-client.ts';
export { requesterPort, type SessionPort } from './node/session-port.ts';
export { SessionServer, type SessionServerOptions } from './node/session-server.ts';
