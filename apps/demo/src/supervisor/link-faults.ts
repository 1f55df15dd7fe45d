/** What is wrong with single links of the cluster, and what each node has to do for it. */
import * as v from 'valibot';

import type { LinkRule } from '../injected-faults.ts';
import { nodeName } from '../partition.ts';

const ends = { from: nodeName, to: nodeName };
const durationMs = v.pipe(v.number(), v.minValue(0), v.maxValue(60_000));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** What happens to messages from one node to another; those of the other direction are well. */
const linkFault = v.variant('kind', [
  v.strictObject({
    ...{ kind: v.literal('slow'), ...ends, latencyMs: durationMs, jitterMs: durationMs },
  }),
  v.strictObject({ kind: v.literal('drop'), ...ends, share }),
  v.strictObject({ kind: v.literal('duplicate'), ...ends, share }),
  v.strictObject({ kind: v.literal('cut'), ...ends }),
]);

/** One of them. */
export type LinkFault = v.InferOutput<typeof linkFault>;

/** What `POST /api/links` takes: all that is wrong with links from now on. */
export const linkFaults = v.strictObject({ links: v.pipe(v.array(linkFault), v.maxLength(300)) });

/** What node `id` has to do, so that `links` are so. Who sends loses, doubles and holds back. */
export function rulesOf(links: readonly LinkFault[], id: string): LinkRule[] {
  return links.flatMap((link): LinkRule[] => {
    const { kind, from, to } = link;
    if (from === to) return [];
    if (kind === 'cut') {
      if (from === id) return [{ kind, peer: to, direction: 'to' }];
      // The receiver too: what is on its way already must not arrive.
      return to === id ? [{ kind, peer: from, direction: 'from' }] : [];
    }
    if (from !== id) return [];
    if (kind !== 'slow') return [{ kind, peer: to, share: link.share }];
    return [{ kind, peer: to, latencyMs: link.latencyMs, jitterMs: link.jitterMs }];
  });
}

/** The faults in a line: `cut n1→n2; drop 20 % n2→n3`. */
export function textOf(links: readonly LinkFault[]): string {
  const text = (link: LinkFault): string => {
    switch (link.kind) {
      case 'slow':
        return `slow ${link.latencyMs}..${link.latencyMs + link.jitterMs} ms`;
      case 'cut':
        return 'cut';
      case 'drop':
      case 'duplicate':
        return `${link.kind} ${Math.round(link.share * 100)} %`;
    }
  };
  return links.map((link) => `${text(link)} ${link.from}→${link.to}`).join('; ');
}
