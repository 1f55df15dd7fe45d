/*
 * More than one node for a key. Replicas are the first nodes of a ranking, which every placement
 * has: the ring walks on to the next points, rendezvous takes the next best scores, and the rest
 * hash again. Each node of positive weight stands in it exactly once, so a walk ends, and `count`
 * nodes are `count` different nodes however few there are.
 *
 * Zones add one rule. Rank the nodes within their zones; the first of each zone form round one, the
 * seconds round two, and so on. Replicas are taken round by round, and in the order of the ranking
 * within a round:
 *
 *     ranking   a1  a2  b1  a3  b2  c1          (letters are zones)
 *     rounds    1   2   1   3   2   1
 *     replicas  a1  b1  c1  a2  b2  a3
 *
 * So the owner stays first, each zone has as many as another or one less while it has nodes left,
 * and the first n replicas are a beginning of the first n + 1.
 */
import { TooFewZonesError } from './errors.ts';
import type { PlacementNode } from './node-set.ts';
import type { ReplicaOptions } from './placement.ts';

/**
 * The first `count` nodes of a ranking, as `options` have it.
 *
 * @param ranked - Indices into `nodes`, each at most once.
 * @throws RangeError if `count` is no integer of at least 0; TooFewZonesError if zones are
 *   required.
 */
export function pickReplicas<Meta>(
  nodes: readonly PlacementNode<Meta>[],
  ranked: Iterable<number>,
  count: number,
  options: ReplicaOptions = {},
): PlacementNode<Meta>[] {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`count: expected an integer of at least 0, got ${count}`);
  }
  if (count === 0) return [];
  const { zones, exclude } = options;
  const candidates = usable(nodes, ranked, exclude);
  if (zones === undefined) return firstOf(candidates, count);
  if (zones === 'spread') return firstRounds(candidates, count);
  return oneOfEach(candidates, count);
}

/**
 * A ranking for algorithms that know only the owner of a hash: hash again, and again.
 *
 * @param locateIndex - The owner of a hash; -1 if there is none.
 *
 * @remarks
 * Every further try mixes its number into the hash, so a node that goes moves up those behind it
 * and nobody else. Tries that meet a node again are wasted; when they have met nobody new for as
 * many times as there are nodes, those left are taken in an order of their own for each hash.
 */
export function* rankedByRehash(
  nodes: readonly PlacementNode[],
  locateIndex: (high: number, low: number) => number,
  high: number,
  low: number,
): Generator<number> {
  const seen = new Set<number>();
  let wasted = 0;
  for (let attempt = 0; wasted <= nodes.length; attempt += 1) {
    const index = locateIndex(mixed(high, low, attempt), mixed(low, high, attempt));
    if (index < 0) return;
    if (seen.has(index)) {
      wasted += 1;
      continue;
    }
    wasted = 0;
    seen.add(index);
    yield index;
  }
  yield* leftOver(nodes, seen, high ^ low);
}

function* leftOver(
  nodes: readonly PlacementNode[],
  seen: ReadonlySet<number>,
  salt: number,
): Generator<number> {
  const rest = nodes.flatMap(({ id, weight }, index) =>
    weight === 0 || seen.has(index) ? [] : [{ id, index, score: scoreOf(id, salt) }],
  );
  rest.sort((left, right) => left.score - right.score || (left.id < right.id ? -1 : 1));
  for (const { index } of rest) yield index;
}

/** Attempt 0 leaves the hash as it is: the first of the ranking is the owner. */
function mixed(half: number, other: number, attempt: number): number {
  if (attempt === 0) return half;
  const word = half ^ Math.imul(other, 0x9e3779b1) ^ Math.imul(attempt, 0x85ebca6b);
  return avalanche(word);
}

function scoreOf(id: string, salt: number): number {
  let word = salt;
  for (let index = 0; index < id.length; index += 1) {
    word = Math.imul(word ^ id.charCodeAt(index), 0x01000193);
  }
  return avalanche(word);
}

/** The finish of MurmurHash3: every bit of `word` reaches every bit of the result. An int32. */
export function avalanche(word: number): number {
  let mix = word ^ (word >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}

function* usable<Meta>(
  nodes: readonly PlacementNode<Meta>[],
  ranked: Iterable<number>,
  exclude: ((id: string) => boolean) | undefined,
): Generator<PlacementNode<Meta>> {
  for (const index of ranked) {
    const node = nodes[index];
    if (node !== undefined && exclude?.(node.id) !== true) yield node;
  }
}

function firstOf<Meta>(
  candidates: Iterable<PlacementNode<Meta>>,
  count: number,
): PlacementNode<Meta>[] {
  const picked: PlacementNode<Meta>[] = [];
  for (const node of candidates) {
    picked.push(node);
    if (picked.length >= count) break;
  }
  return picked;
}

/** Round by round; a round is an array, filled in the order of the ranking. */
function firstRounds<Meta>(
  candidates: Iterable<PlacementNode<Meta>>,
  count: number,
): PlacementNode<Meta>[] {
  const rounds: PlacementNode<Meta>[][] = [];
  const members = new Map<string | undefined, number>();
  for (const node of candidates) {
    const before = members.get(node.zone) ?? 0;
    members.set(node.zone, before + 1);
    (rounds[before] ??= []).push(node);
    // Whoever comes later comes behind these.
    if (before === 0 && members.size >= count) break;
  }
  return rounds.flat().slice(0, count);
}

function oneOfEach<Meta>(
  candidates: Iterable<PlacementNode<Meta>>,
  count: number,
): PlacementNode<Meta>[] {
  const picked = new Map<string | undefined, PlacementNode<Meta>>();
  for (const node of candidates) {
    if (picked.has(node.zone)) continue;
    picked.set(node.zone, node);
    if (picked.size >= count) return [...picked.values()];
  }
  throw new TooFewZonesError(count, picked.size);
}
