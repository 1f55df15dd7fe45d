/** Which faults happen in which order: drawn from a seed, so that a run can be had again. */
import type { Random } from '@quorate/transport';

import type { MachineChange } from '../machine-faults.ts';
import type { Groups } from '../partition.ts';
import type { LinkFault } from './link-faults.ts';

/** One thing that goes wrong. */
export type ChaosFault =
  | { readonly kind: 'kill' | 'pause' | 'restart'; readonly node: string }
  /** A node is started and let in. */
  | { readonly kind: 'join' }
  /** A node is sent away: it may be the leader, or one that something else goes wrong with. */
  | { readonly kind: 'leave'; readonly member: string }
  /** A machine that is cut off, works on alone for a while, and is lost with the boards on it. */
  | { readonly kind: 'lose'; readonly node: string; readonly links: readonly LinkFault[] }
  | {
      readonly kind: 'disk-full' | 'disk-slow' | 'skew';
      readonly machine: string;
      readonly change: MachineChange;
    }
  | { readonly kind: 'halves'; readonly groups: Groups }
  | {
      readonly kind: 'one-way' | 'slow' | 'drop' | 'duplicate';
      readonly links: readonly LinkFault[];
    };

/** Faults that begin together, and the quiet after them. */
export interface Episode {
  /**
   * One or two, of different kinds, of which at most one ends or stops a node, and at most one
   * changes who takes part.
   */
  readonly faults: readonly ChaosFault[];
  readonly lastsMs: number;
  readonly calmMs: number;
}

const processKinds = ['kill', 'pause', 'restart', 'lose'] as const;
const memberKinds = ['join', 'leave'] as const;
const linkKinds = ['halves', 'one-way', 'slow', 'drop', 'duplicate'] as const;
const machineKinds = ['disk-full', 'disk-slow', 'skew'] as const;

/** All kinds of faults. */
export const chaosKinds: readonly ChaosFault['kind'][] = [
  ...processKinds,
  ...memberKinds,
  ...linkKinds,
  ...machineKinds,
];

/** With fewer nodes none is sent away: three copies need three. */
const NODES_MIN = 3;

/**
 * Draws faults. Each kind comes before any comes again, but that a node joins where one cannot be
 * spared, and one leaves where there are enough.
 */
export class ChaosPlan {
  readonly #nodeIds: () => readonly string[];
  readonly #nodesMax: number;
  readonly #random: Random;
  #left: readonly ChaosFault['kind'][] = [];

  /** @param nodeIds - Of that moment: at least two, to begin with as many as there are to be. */
  constructor(nodeIds: () => readonly string[], random: Random) {
    const { length } = nodeIds();
    if (length < 2) throw new RangeError(`nodeIds: expected at least 2, got ${length}`);
    this.#nodeIds = nodeIds;
    this.#nodesMax = length + 1;
    this.#random = random;
  }

  /** What goes wrong next. */
  next(): Episode {
    const first = this.#draw(() => true);
    const isSecond = this.#random.int(2) === 1;
    const others = companionsOf(first);
    const kinds = isSecond
      ? [first, this.#draw((kind) => kind !== first && isOneOf(others, kind))]
      : [first];
    return {
      faults: kinds.map((kind) => this.#faultOf(kind)),
      lastsMs: 2_000 + this.#random.int(3_000),
      calmMs: 1_000 + this.#random.int(1_500),
    };
  }

  /** The next kind of those that are left, or of all if none fits. */
  #draw(fits: (kind: ChaosFault['kind']) => boolean): ChaosFault['kind'] {
    if (!this.#left.some(fits)) this.#left = [...this.#left, ...this.#shuffled(chaosKinds)];
    const kind = this.#left.find(fits) ?? 'kill';
    const at = this.#left.indexOf(kind);
    this.#left = this.#left.filter((_, index) => index !== at);
    return kind;
  }

  #faultOf(kind: ChaosFault['kind']): ChaosFault {
    const random = this.#random;
    const ids = this.#nodeIds();
    const [node = '', ...others] = this.#shuffled(ids);
    const both = others.flatMap((other) => [
      { from: node, to: other },
      { from: other, to: node },
    ]);
    switch (kind) {
      case 'kill':
      case 'pause':
      case 'restart':
        return { kind, node };
      case 'join':
      case 'leave': {
        const isRoom = ids.length < this.#nodesMax;
        const isSpare = ids.length > NODES_MIN;
        if (kind === 'join' ? isRoom : !isSpare) return { kind: 'join' };
        return { kind: 'leave', member: node };
      }
      case 'lose':
        return { kind, node, links: both.map((link) => ({ kind: 'cut', ...link })) };
      case 'disk-full':
        return { kind, machine: node, change: { isDiskFull: true } };
      case 'disk-slow':
        return { kind, machine: node, change: { syncDelayMs: 20 + random.int(230) } };
      case 'skew': {
        const clockSkewMs = (random.int(2) === 0 ? -1 : 1) * (500 + random.int(29_500));
        return { kind, machine: node, change: { clockSkewMs } };
      }
      case 'halves': {
        const half = 1 + random.int(Math.ceil(others.length / 2));
        const side = [node, ...others.slice(0, half - 1)];
        return { kind, groups: [side, others.slice(half - 1)] };
      }
      case 'one-way': {
        const deaf = others.slice(0, 1 + random.int(others.length));
        return { kind, links: deaf.map((to) => ({ kind: 'cut', from: node, to })) };
      }
      case 'slow': {
        const [latencyMs, jitterMs] = [20 + random.int(280), random.int(200)];
        return { kind, links: both.map((link) => ({ kind, ...link, latencyMs, jitterMs })) };
      }
      case 'drop':
      case 'duplicate': {
        const share = (5 + random.int(36)) / 100;
        return { kind, links: both.map((link) => ({ kind, ...link, share })) };
      }
    }
  }

  #shuffled<Item>(items: readonly Item[]): readonly Item[] {
    return items
      .map((item) => ({ item, rank: this.#random.float() }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  }
}

/** With a node that is down goes trouble between the others, not another that is down. */
function companionsOf(kind: ChaosFault['kind']): readonly ChaosFault['kind'][] {
  const quiet = [...linkKinds, ...machineKinds];
  if (kind === 'lose') return quiet;
  if (isOneOf(processKinds, kind)) return [...quiet, ...memberKinds];
  // A machine that is lost while its boards move may be one too many.
  if (isOneOf(memberKinds, kind)) return [...quiet, 'kill', 'pause', 'restart'];
  return chaosKinds;
}

function isOneOf(kinds: readonly ChaosFault['kind'][], kind: ChaosFault['kind']): boolean {
  return kinds.includes(kind);
}

/** A fault in a few words. */
export function faultText(fault: ChaosFault): string {
  if (fault.kind === 'join') return 'join';
  if (fault.kind === 'leave') return `leave ${fault.member}`;
  if ('node' in fault) return `${fault.kind} ${fault.node}`;
  if ('machine' in fault) return `${fault.kind} ${fault.machine}${textOfChange(fault.change)}`;
  if ('groups' in fault) return `halves ${fault.groups.map((group) => group.join()).join(' | ')}`;
  const node = fault.links[0]?.from ?? '';
  const targets = fault.links.map(({ to }) => to).join();
  return fault.kind === 'one-way' ? `one-way ${node}→${targets}` : `${fault.kind} ${node}`;
}

function textOfChange({ syncDelayMs, clockSkewMs }: MachineChange): string {
  const ms = syncDelayMs ?? clockSkewMs;
  return ms === undefined ? '' : ` ${ms > 0 ? '+' : ''}${ms} ms`;
}
