import type { Unsubscribe } from '@quorate/transport';

import { type MachineFaults, machineText } from '../machine-faults.ts';
import type { Groups } from '../partition.ts';
import { type LinkFault, textOf } from './link-faults.ts';
import { type LoadMix, mixText } from './load-mix.ts';

/** A node that serves. */
export interface ReadyNode {
  readonly id: string;
  readonly api: string;
  readonly pid: number;
  /** Where other nodes reach it, as host:port. */
  readonly raft: string;
}

/** What happens in the demo: one line each for a person, or with `--json` for a program. */
export type SupervisorEvent =
  | {
      readonly event: 'ready';
      readonly dashboard: string;
      readonly nodes: readonly ReadyNode[];
      readonly leader: string | null;
      readonly data: string;
      readonly control: string;
    }
  | { readonly event: 'started'; readonly node: string; readonly pid: number }
  | {
      readonly event: 'exited';
      readonly node: string;
      readonly code: number | null;
      readonly signal: string | null;
      readonly expected: boolean;
    }
  | { readonly event: 'killed' | 'paused' | 'resumed'; readonly node: string }
  | { readonly event: 'joining' | 'leaving' | 'left'; readonly node: string }
  | { readonly event: 'leader'; readonly node: string; readonly term: number }
  | { readonly event: 'partitioned'; readonly groups: Groups }
  | { readonly event: 'links'; readonly links: readonly LinkFault[] }
  | { readonly event: 'machine'; readonly node: string; readonly faults: MachineFaults }
  | { readonly event: 'healed' }
  | { readonly event: 'load'; readonly ratePerSecond: number; readonly mix: LoadMix }
  | { readonly event: 'violation'; readonly text: string }
  | { readonly event: 'log'; readonly node: string; readonly text: string }
  | { readonly event: 'stopping' }
  | { readonly event: 'stopped'; readonly node: string }
  | { readonly event: 'bye' };

/** The event as a sentence for a terminal; `undefined` if another event says the same. */
export function sentenceOf(event: SupervisorEvent): string | undefined {
  switch (event.event) {
    case 'ready':
      return readySentence(event);
    case 'started':
      return `${event.node} started (pid ${event.pid})`;
    case 'exited': {
      const how = event.signal ?? `code ${event.code}`;
      return event.expected ? undefined : `${event.node} ended by itself (${how})`;
    }
    case 'killed':
    case 'paused':
    case 'resumed':
      return `${event.node} ${event.event}`;
    case 'joining':
      return `${event.node} is to be let in`;
    case 'leaving':
      return `${event.node} is to leave`;
    case 'left':
      return `${event.node} has left`;
    case 'leader':
      return `${event.node} leads term ${event.term}`;
    case 'partitioned':
      if (event.groups.length === 0) return 'no partition any more';
      return `partitioned: ${event.groups.map((group) => group.join(',')).join(' | ')}`;
    case 'links':
      return event.links.length === 0 ? 'links as they should be' : textOf(event.links);
    case 'machine':
      return `${event.node}: ${machineText(event.faults)}`;
    case 'healed':
      return 'all healed';
    case 'load':
      return `load: ${event.ratePerSecond} requests per second, ${mixText(event.mix)}`;
    case 'violation':
      return `LOST WRITE OR STALE READ: ${event.text}`;
    case 'log':
      return `${event.node} | ${event.text}`;
    case 'stopping':
      return 'stopping all nodes';
    case 'stopped':
      return `${event.node} stopped`;
    case 'bye':
      return 'all nodes stopped, bye';
  }
}

function readySentence(event: SupervisorEvent & { readonly event: 'ready' }): string {
  const nodes = event.nodes.map(({ id, api, pid }) => {
    const role = id === event.leader ? '  leader' : '';
    return `  ${id}  ${api}  pid ${pid}${role}`;
  });
  return [
    '',
    `  Quorate demo: ${event.nodes.length} nodes`,
    ...nodes,
    '',
    `  Page   ${event.dashboard}`,
    `  Data   ${event.data}`,
    '  Shell  demo status | kill n1 | partition n1/n2,n3 | heal | put k v | get k',
    '  Ctrl-C stops all.',
    ...(event.leader === null ? ['', '  No node leads yet.'] : []),
    '',
  ].join('\n');
}

/** Hands every event to everyone who listens at that moment. */
export class Broadcast<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  /** How many listen. */
  get audienceCount(): number {
    return this.#listeners.size;
  }

  /** Calls every listener. A listener must not throw. */
  publish(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Calls `listener` for every event from now on. */
  subscribe(listener: (event: Event) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
