import type { ArrivalEstimate } from '../detector.ts';
import type { MonitoredPeer } from './heartbeat-monitor.ts';

/** Why a peer is trusted or not: what is known, and the same in words. */
export interface PeerExplanation {
  readonly status: MonitoredPeer;
  /** What its detector expects of it; `undefined` before its first heartbeat. */
  readonly estimate: ArrivalEstimate | undefined;
  /** One fact each, the verdict first. */
  readonly sentences: readonly string[];
}

/** Puts what is known of a peer at `nowMs` into words. */
export function explanationOf(
  status: MonitoredPeer,
  estimate: ArrivalEstimate | undefined,
  nowMs: number,
): PeerExplanation {
  const sentences = [verdictOf(status, nowMs)];
  if (estimate !== undefined) sentences.push(expectationOf(estimate, nowMs));
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
  return { status, estimate, sentences };
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

function expectationOf(estimate: ArrivalEstimate, nowMs: number): string {
  const { intervalMs, expectedAtMs, marginMs, sampleCount } = estimate;
  const lateMs = nowMs - expectedAtMs;
  const when = lateMs > 0 ? `was expected ${seconds(lateMs)} ago` : `is due in ${seconds(-lateMs)}`;
  const every = `it sends every ${seconds(intervalMs)}`;
  const learned = `learned from ${sampleCount} heartbeats`;
  return `Its next heartbeat ${when} (${every}); it may be ${seconds(marginMs)} late, ${learned}.`;
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(Math.max(0, ms) / 1_000).toFixed(3)} s` : 'any time';
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
