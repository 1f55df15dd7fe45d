import { sessionAnswerCodec, sessionCommandCodec } from '../../src/sessions/codec.ts';
import type { SessionAnswer, SessionRequest } from '../../src/sessions/messages.ts';
import type { SessionLimits } from '../../src/sessions/session-table.ts';
import { SessionMachine } from '../../src/sessions/session-machine.ts';
import { Ledger } from './ledger.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A replica with sessions, and a log that feeds it. */
export class SessionLog {
  readonly ledger: Ledger = new Ledger();
  readonly machine: SessionMachine;
  logIndex = 0;
  stampMs = 0;

  constructor(limits: Partial<SessionLimits> = {}) {
    this.machine = new SessionMachine(this.ledger, limits);
  }

  /** Commits `request`, and says what the machine answers. */
  commit(request: SessionRequest): SessionAnswer {
    this.logIndex += 1;
    const command = sessionCommandCodec.encode({ stampMs: this.stampMs, request });
    return sessionAnswerCodec.decode(this.machine.apply(command, this.logIndex));
  }

  /** Opens a session and says its name. */
  open(nonce: string): number {
    const answer = this.commit({ kind: 'open', nonce });
    return answer.kind === 'opened' ? answer.sessionId : 0;
  }

  /** Commits a call; what it was answered as text, or why it was refused. */
  call(sessionId: number, sequence: number, text: string, acknowledgedThrough = 0): string {
    const payload = encoder.encode(text);
    const answer = this.commit({
      kind: 'call',
      sessionId,
      sequence,
      acknowledgedThrough,
      payload,
    });
    if (answer.kind === 'applied') return decoder.decode(answer.response);
    return answer.kind === 'refused' ? answer.reason : answer.kind;
  }
}
