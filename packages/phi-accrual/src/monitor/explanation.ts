import type { Explanation } from '../explain.ts';
import type { MonitoredPeer } from './monitor-status.ts';

/** Why a peer is trusted or not: what is known, and the same in words. */
export interface PeerExplanation {
  readonly status: MonitoredPeer;
  /** What its detector says, from heartbeats alone. */
  readonly detector: Explanation;
  /** One fact each, the verdict first. */
  readonly sentences: readonly string[];
}

/** Puts what is known of a peer at `nowMs` into words. */
export function explanationOf(
  status: MonitoredPeer,
  detector: Explanation,
  nowMs: number,
): PeerExplanation {
  const sentences = [verdictOf(status, nowMs), `By its heartbeats alone: ${detector.sentence}`];
  if (status.inbound === 'throughOthers') {
    sentences.push('Only others hear it: messages from it do not reach this node.');
  }
  if (status.outbound === 'lost') {
    sentences.push('It says that it does not hear this node: messages to it do not arrive.');
  }
  if (status.flapCount > 0) {
    const times = status.flapCount === 1 ? 'once' : `${status.flapCount} times`;
    sentences.push(`It was suspected and trusted again ${times} not long ago.`);
  }
  return { status, detector, sentences };
}

function verdictOf(status: MonitoredPeer, nowMs: number): string {
  const { peer, state, sinceMs, silentMs, suspicion, threshold, suspectAtMs } = status;
  const forText = `for ${seconds(nowMs - sinceMs)}`;
  const level = `suspicion ${rounded(suspicion)} of ${rounded(threshold)}`;
  switch (state) {
    case 'unheard':
      return `${peer} was never heard; it has ${seconds(suspectAtMs - nowMs)} left for that.`;
    case 'suspected':
      return `${peer} is suspected ${forText}: silent for ${seconds(silentMs)}, ${level}.`;
    case 'trusted': {
      const rest = `suspected in ${seconds(suspectAtMs - nowMs)} if nothing comes`;
      return `${peer} is trusted ${forText}: silent for ${seconds(silentMs)}, ${level}, ${rest}.`;
    }
  }
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(Math.max(0, ms) / 1_000).toFixed(3)} s` : 'any time';
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
