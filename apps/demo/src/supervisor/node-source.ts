import { readFileSync } from 'node:fs';

/** A script that holds the source of the node, for those who want to read it beside the page. */
export function nodeSourceScript(): string {
  const text = readFileSync(new URL('../node/create-node.ts', import.meta.url), 'utf8');
  return `self.corkboardNodeSource=${JSON.stringify(text)};`;
}
