/** What goes wrong with this node because somebody asked for it. */
import { type NodeId, nodeId } from '@quorate/transport';
import type { FaultRule, FaultyTransport } from '@quorate/transport/faulty';
import * as v from 'valibot';

import { machineFaults, type MachineFaults, soundMachine } from './machine-faults.ts';
import { groupsSchema, nodeName, unreachableFrom } from './partition.ts';

const RULES_MAX = 64;
const durationMs = v.pipe(v.number(), v.minValue(0), v.maxValue(60_000));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** What is wrong with one link of a node. A share is the chance of each message, 0..1. */
const linkRule = v.variant('kind', [
  /** What is sent to `peer` is late by `latencyMs`, and by up to `jitterMs` more. */
  v.strictObject({
    ...{ kind: v.literal('slow'), peer: nodeName },
    ...{ latencyMs: durationMs, jitterMs: durationMs },
  }),
  v.strictObject({ kind: v.literal('drop'), peer: nodeName, share }),
  v.strictObject({ kind: v.literal('duplicate'), peer: nodeName, share }),
  /** Nothing passes in one direction. */
  v.strictObject({
    ...{ kind: v.literal('cut'), peer: nodeName },
    direction: v.picklist(['to', 'from']),
  }),
]);

/** All that is wrong at a time. What is left out is well; to leave out all is a mistake. */
export const faultSettings = v.pipe(
  v.strictObject({
    groups: v.optional(groupsSchema),
    rules: v.optional(v.pipe(v.array(linkRule), v.maxLength(RULES_MAX))),
    machine: v.optional(machineFaults),
  }),
  v.check((given) => Object.keys(given).length > 0, 'expected groups, rules or machine'),
  v.transform(({ groups = [], rules = [], machine = soundMachine }) => ({
    ...{ groups, rules, machine },
  })),
);

/** All that is wrong at a time. */
export type FaultSettings = v.InferOutput<typeof faultSettings>;

/** One thing that is wrong with one link. */
export type LinkRule = v.InferOutput<typeof linkRule>;

/** The faults of a node: rules of its transport, and what the machine below it makes of them. */
export class InjectedFaults {
  readonly #transport: FaultyTransport;
  readonly #onMachine: (faults: MachineFaults) => void;
  #blockedPeers: readonly string[] = [];

  /** @param onMachine - Makes what is wrong below the node: it cannot make that itself. */
  constructor(
    transport: FaultyTransport,
    onMachine: (faults: MachineFaults) => void = () => undefined,
  ) {
    this.#transport = transport;
    this.#onMachine = onMachine;
  }

  /** Whom this node cannot reach. */
  get blockedPeers(): readonly string[] {
    return this.#blockedPeers;
  }

  /** Replaces the faults; no groups, no rules and a sound machine heal everything. */
  set({ groups, rules, machine }: FaultSettings): void {
    this.#onMachine(machine);
    const { localId } = this.#transport;
    const named = groups.map((group) => group.map((name) => nodeId(name)));
    const partition: FaultRule[] = named.length === 0 ? [] : [{ kind: 'partition', groups: named }];
    this.#transport.setRules([...partition, ...rules.map((rule) => faultOf(localId, rule))]);
    const cut = rules.flatMap((rule) =>
      rule.kind === 'cut' && rule.direction === 'to' ? [rule.peer] : [],
    );
    this.#blockedPeers = [...new Set([...unreachableFrom(groups, localId), ...cut])];
  }

  /** Whether nothing passes from this node to `peer`. */
  isBlocked(peer: NodeId): boolean {
    return this.#blockedPeers.includes(peer);
  }
}

/** Faults as the environment of a process has them. None if `json` says anything else. */
export function parseFaults(json: string): FaultSettings {
  try {
    return v.parse(faultSettings, JSON.parse(json));
  } catch {
    return { groups: [], rules: [], machine: soundMachine };
  }
}

function faultOf(localId: NodeId, rule: LinkRule): FaultRule {
  const peer = nodeId(rule.peer);
  const link = { kind: 'disturb', from: [localId], to: [peer] } as const;
  switch (rule.kind) {
    case 'slow': {
      const { latencyMs, jitterMs } = rule;
      return {
        ...link,
        delayMs: { kind: 'uniform', minMs: latencyMs, maxMs: latencyMs + jitterMs },
      };
    }
    case 'drop':
      return { ...link, lossRate: rule.share };
    case 'duplicate':
      return { ...link, duplicationRate: rule.share };
    case 'cut':
      return rule.direction === 'to'
        ? { kind: 'cut', from: [localId], to: [peer] }
        : { kind: 'cut', from: [peer], to: [localId] };
  }
}
