/** What the supervisor sends, as signals that the panels read. */
import { signal } from '@preact/signals';

import type { ChartMark, ChartPoint, ClusterView, PageEvent } from '../supervisor/cluster-view.ts';
import { source } from './source/source.ts';

const pointCountMax = 240;
const markCountMax = 200;

/** The cluster as of the last event; `undefined` before the first. */
export const view = signal<ClusterView | undefined>(undefined);
/** The last two minutes. */
export const points = signal<readonly ChartPoint[]>([]);
/** What was done and what happened, oldest first. */
export const marks = signal<readonly ChartMark[]>([]);
/** Whether the supervisor is there. */
export const isConnected = signal(false);
/** The node that buttons and keys act on. */
export const selectedId = signal<string>('n1');

/** One window of messages of one node. */
export type MessageWindow = PageEvent & { readonly kind: 'messages' };

const messageListeners = new Set<(window: MessageWindow) => void>();

/** Calls `listener` with every window of messages. */
export function onMessages(listener: (window: MessageWindow) => void): () => void {
  messageListeners.add(listener);
  return () => messageListeners.delete(listener);
}

/** Follows the cluster's events. */
export function connectFeed(): void {
  source.events('/api/events', {
    opened: () => {
      isConnected.value = true;
    },
    event: (data) => {
      take(JSON.parse(data) as PageEvent);
    },
    lost: () => {
      isConnected.value = false;
    },
  });
}

function take(event: PageEvent): void {
  switch (event.kind) {
    case 'view':
      view.value = event.view;
      break;
    case 'history':
      points.value = event.points;
      marks.value = event.marks;
      break;
    case 'point':
      points.value = [...points.value, event.point].slice(-pointCountMax);
      break;
    case 'mark':
      marks.value = [...marks.value, event.mark].slice(-markCountMax);
      break;
    case 'messages':
      for (const listener of messageListeners) listener(event);
      break;
  }
}
