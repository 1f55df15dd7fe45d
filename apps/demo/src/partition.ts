import { nodeId } from '@quorate/transport';

/** Nodes that cannot reach those of other groups. None: everyone reaches everyone. */
export type Groups = readonly (readonly string[])[];

/** What a text like `n1/n2,n3` means. */
export type ParsedPartition =
  | { readonly kind: 'groups'; readonly groups: Groups }
  | { readonly kind: 'invalid'; readonly problem: string };

/**
 * Reads a partition as people type it: groups apart by `/`, nodes of a group by `,`.
 *
 * Nodes of different groups cannot reach each other. A node in no group reaches everyone, which is
 * how a partial partition is written: `n1/n2` of three cuts one link only.
 *
 * @returns At least two groups, none empty, no node twice; or what is wrong with `text`.
 */
export function parsePartition(text: string): ParsedPartition {
  const groups = text.split('/').map((group) => group.split(',').map((name) => name.trim()));
  const names = groups.flat();
  const problemOf = (found: string): ParsedPartition => ({
    kind: 'invalid',
    problem: `partition: expected groups like n1/n2,n3, got ${found}`,
  });
  if (names.includes('')) return problemOf(text === '' ? 'nothing' : text);
  if (groups.length < 2) return problemOf(`one group: ${text}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return problemOf(`${twice} twice: ${text}`);
  return { kind: 'groups', groups };
}

/** The nodes that `nodeId` cannot reach under these groups. */
export function unreachableFrom(groups: Groups, nodeId: string): readonly string[] {
  const isGrouped = groups.some((group) => group.includes(nodeId));
  return isGrouped ? groups.filter((group) => !group.includes(nodeId)).flat() : [];
}

/**
 * Reads `{"groups":[["n1"],["n2","n3"]]}`.
 *
 * @returns The groups, of which there may be none; `undefined` if `json` says anything else.
 */
export function parseGroups(json: string): Groups | undefined {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof document !== 'object' || document === null) return undefined;
  const groups: unknown = 'groups' in document ? document.groups : undefined;
  if (!Array.isArray(groups) || groups.length === 1) return undefined;
  const names = groups.map((group: unknown) => (isListOfNames(group) ? group : []));
  const all = names.flat();
  const isSound = names.every((group) => group.length > 0) && new Set(all).size === all.length;
  return isSound ? names : undefined;
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && isNodeId(name));
}

function isNodeId(name: string): boolean {
  try {
    return nodeId(name) === name;
  } catch {
    return false;
  }
}
