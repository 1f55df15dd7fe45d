/** What the page and the worker say to each other. Each exchange has a number of its own. */
import type { PageRequest } from './page-source.ts';

/** From the page. */
export type ToWorker =
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly path: string;
      readonly request: PageRequest;
    }
  | { readonly kind: 'open'; readonly id: number; readonly path: string }
  | { readonly kind: 'close'; readonly id: number };

/** From the worker. */
export type FromWorker =
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: string;
    }
  | { readonly kind: 'opened' | 'lost'; readonly id: number }
  | { readonly kind: 'event'; readonly id: number; readonly data: string };
