/** Which faults happen in which order: drawn from a seed, so that a run can be had again. */
import type { Random } from '@quorate/transport';

import type { MachineChange } from '../machine-faults.ts';
import type { Groups } from '../partition.ts';
import type { LinkFault } from './link-faults.ts';

/** One thing that goes wrong. */
export type ChaosFault =
  | { readonly kind: 'kill' | 'pause' | 'restart'; readonly node: string }
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
  /** One or two, of different kinds, of which at most one ends or stops a node. */
  readonly faults: readonly ChaosFault[];
  readonly lastsMs: number;
  readonly calmMs: number;
}

const processKinds = ['kill', 'pause', 'restart', 'lose'] as const;
const linkKinds = ['halves', 'one-way', 'slow', 'drop', 'duplicate'] as const;
const machineKinds = ['disk-full', 'disk-slow', 'skew'] as const;

/** All kinds of faults. */
export const chaosKinds: readonly ChaosFault['kind'][] = [
  ...processKinds,
  ...linkKinds,
  ...machineKinds,
];

/** Draws faults. Each kind comes before any comes again. */
export class ChaosPlan {
  readonly #nodeIds: readonly string[];
  readonly #random: Random;
  #left: readonly ChaosFault['kind'][] = [];

  /** @param nodeIds - At least two. */
  constructor(nodeIds: readonly string[], random: Random) {
    if (nodeIds.length < 2) {
      throw new RangeError(`nodeIds: expected at least 2, got ${nodeIds.length}`);
    }
    this.#nodeIds = nodeIds;
    this.#random = random;
  }

  /** What goes wrong next. */
  next(): Episode {
    const first = this.#draw(() => true);
    const isSecond = this.#random.int(2) === 1;
    // With a node that is down goes trouble between the others, not another that is down.
    const others = isOneOf(processKinds, first) ? [...linkKinds, ...machineKinds] : chaosKinds;
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
    const [node = '', ...others] = this.#shuffled(this.#nodeIds);
    const both = others.flatMap((other) => [
      { from: node, to: other },
      { from: other, to: node },
    ]);
    switch (kind) {
      case 'kill':
      case 'pause':
      case 'restart':
        return { kind, node };
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

function isOneOf(kinds: readonly ChaosFault['kind'][], kind: ChaosFault['kind']): boolean {
  return kinds.includes(kind);
}

/** A fault in a few words. */
export function faultText(fault: ChaosFault): string {
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
