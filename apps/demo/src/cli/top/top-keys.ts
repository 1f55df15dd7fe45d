/** What keys do in `demo top`. */
import { loadPerSecondMax } from '../../supervisor/cluster-view.ts';
import { nodePath } from '../control-action.ts';
import type { DemoRequest } from '../demo-client.ts';
import type { TopView } from './top-view.ts';

/** What one key means. */
export type TopAction =
  | { readonly kind: 'quit' }
  | { readonly kind: 'choose'; readonly step: number }
  | { readonly kind: 'ask'; readonly request: DemoRequest; readonly text: string }
  | { readonly kind: 'none' };

const loadStep = 50;

/** @param key - What the terminal sent. */
export function actionOf(key: string, { cluster, chosen }: TopView): TopAction {
  const ask = (text: string, path: string, document?: unknown): TopAction => ({
    ...{ kind: 'ask', text },
    request: { path, method: 'POST', ...(document !== undefined && { document }) },
  });
  switch (key) {
    case 'q':
    case '\u0003':
      return { kind: 'quit' };
    case '\u001B[A':
    case '\u001BOA':
      return { kind: 'choose', step: -1 };
    case '\u001B[B':
    case '\u001BOB':
      return { kind: 'choose', step: 1 };
    case 'h':
      return ask('heal', '/api/heal');
  }
  const node = cluster?.nodes.find(({ id }) => id === chosen);
  if (cluster === undefined || node === undefined) return { kind: 'none' };
  const { id, process } = node;
  const rate = cluster.load.ratePerSecond;
  switch (key) {
    case 'k': {
      const action = process === 'stopped' ? 'restart' : 'kill';
      return ask(`${action} ${id}`, nodePath(id, action));
    }
    case 'z': {
      const action = process === 'paused' ? 'resume' : 'pause';
      return ask(`${action} ${id}`, nodePath(id, action));
    }
    case 'x': {
      const others = cluster.nodes.map((other) => other.id).filter((other) => other !== id);
      return ask(`cut off ${id}`, '/api/partition', { groups: [[id], others] });
    }
    case '+':
      return loadOf(Math.min(loadPerSecondMax, rate + loadStep), ask);
    case '-':
      return loadOf(Math.max(0, rate - loadStep), ask);
    default:
      return { kind: 'none' };
  }
}

function loadOf(
  ratePerSecond: number,
  ask: (text: string, path: string, document: unknown) => TopAction,
): TopAction {
  return ask(`load ${ratePerSecond}/s`, '/api/load', { ratePerSecond });
}
