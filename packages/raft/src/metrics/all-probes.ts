import type { RaftProbe } from '../node/probe.ts';

/** One probe that tells all of `probes`, in order. */
export function allProbes(...probes: readonly RaftProbe[]): RaftProbe {
  return {
    onRequest: (...args) => probes.forEach((probe) => probe.onRequest?.(...args)),
    onInput: (input) => probes.forEach((probe) => probe.onInput?.(input)),
    onEffect: (effect) => probes.forEach((probe) => probe.onEffect?.(effect)),
    onSent: (...args) => probes.forEach((probe) => probe.onSent?.(...args)),
    onReceived: (...args) => probes.forEach((probe) => probe.onReceived?.(...args)),
  };
}
