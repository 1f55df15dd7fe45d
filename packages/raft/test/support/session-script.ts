import { type NodeId, nodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';

import type { SessionAnswer, SessionAttempt, SessionRequest } from '../../src/sessions/messages.ts';
import {
  SessionClient,
  type SessionClientOptions,
} from '../../src/sessions/node/session-client.ts';
import { ManualClock } from './manual-clock.ts';

interface Asked {
  readonly to: NodeId;
  readonly request: SessionRequest;
  readonly timeoutMs: number;
  readonly reply: (attempt: SessionAttempt) => void;
}

/** A client whose cluster is played by the test. */
export class SessionScript {
  readonly clock: ManualClock = new ManualClock();
  readonly client: SessionClient;
  /** Attempts that wait for a reply, oldest first. */
  readonly asked: Asked[] = [];

  constructor(options: Partial<SessionClientOptions> = {}) {
    this.client = new SessionClient({
      nodeIds: ['a', 'b', 'c'].map((name) => nodeId(name)),
      clock: this.clock,
      random: seededRandom(1),
      port: {
        attempt: (to, request, { timeoutMs }) =>
          new Promise((reply) => this.asked.push({ to, request, timeoutMs, reply })),
      },
      ...options,
    });
  }

  /** Lets `forMs` pass, and everything happen that follows. */
  async pass(forMs = 0): Promise<void> {
    await settled();
    this.clock.advance(forMs);
    await settled();
  }

  /** Replies to the oldest attempt. */
  async reply(attempt: SessionAttempt): Promise<Asked> {
    await settled();
    const asked = this.asked.shift();
    if (asked === undefined) throw new Error('nothing was asked');
    asked.reply(attempt);
    await settled();
    return asked;
  }

  /** The oldest attempt reached the state machine. */
  answer(answer: SessionAnswer): Promise<Asked> {
    return this.reply({ kind: 'answered', answer });
  }

  /** Replies to the attempt that opens session `sessionId`. */
  async opened(
    sessionId = 5,
    { ttlMs = 90_000, backlogMax = 1_024 }: { ttlMs?: number; backlogMax?: number } = {},
  ): Promise<void> {
    const { request } = await this.answer({ kind: 'opened', sessionId, ttlMs, backlogMax });
    if (request.kind !== 'open') throw new Error(`expected an opening, got ${request.kind}`);
  }

  /** The oldest attempt was applied. */
  applied(logIndex = 9, text = 'ok'): Promise<Asked> {
    return this.answer({ kind: 'applied', logIndex, response: new TextEncoder().encode(text) });
  }
}

/** Runs what promises have settled. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}
