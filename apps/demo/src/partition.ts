import { nodeId } from '@quorate/transport';
import * as v from 'valibot';

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

/** The name of a node. */
export const nodeName = v.pipe(v.string(), v.check(isNodeId, 'expected the id of a node'));

/** At least two groups, none empty, no node twice; or none, which heals. */
export const groupsSchema = v.pipe(
  v.array(v.pipe(v.array(nodeName), v.minLength(1))),
  v.check(
    (groups) => groups.length !== 1 && new Set(groups.flat()).size === groups.flat().length,
    'expected lists of node ids, like [["n1"],["n2","n3"]], no node twice',
  ),
);

/**
 * Reads `{"groups":[["n1"],["n2","n3"]]}`.
 *
 * @returns The groups, of which there may be none; `undefined` if `json` says anything else.
 */
export function parseGroups(json: string): Groups | undefined {
  try {
    return v.parse(v.object({ groups: groupsSchema }), JSON.parse(json)).groups;
  } catch {
    return undefined;
  }
}

function isNodeId(name: string): boolean {
  try {
    return nodeId(name) === name;
  } catch {
    return false;
  }
}
