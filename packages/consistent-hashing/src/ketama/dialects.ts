/*
 * How many points a node has, and what is hashed for them. Every dialect of ketama cuts points of
 * 32 bits out of MD5 digests of "name-0", "name-1" and so on, but they count in different ways:
 *
 *     dialect        name           digests of a node                          points of each
 *     libketama      the id         floor32(weight/total * 40 * n)             4
 *     libmemcached   without :11211 floor32(weight/total * 160/4 * n + 1e-10)  4
 *     spymemcached   without a "/"  the same; 40 if all weights are equal      4
 *     hash_ring      the id         floor(40 * n * weight / total)             3
 *
 * where floor32 stands for a computation in floats of 32 bits, which is not a detail. Seven equal
 * nodes have 1/7 of 280 digests each: 40.000001 in floats of 32 bits, and 39.999999 in floats of
 * 64. A port that computes in 64 bits gives each of them 39, and no longer agrees with anybody. It
 * goes the other way too: of 25 equal nodes libmemcached gives each 39, of 61 libketama does, and
 * so do we. Only spymemcached, if all weights are equal, gives each 40 without counting.
 *
 * Sources: libketama's ketama.c (Richard Jones); libmemcached's hosts.cc and spymemcached's
 * KetamaNodeLocator, whose steps are the same; hash_ring of Amir Salihefendic. Facts about
 * programs, which the tests compare with what these programs answered.
 */

/** Whose points to have. */
export type KetamaDialect = 'libketama' | 'libmemcached' | 'spymemcached' | 'hash_ring';

/** What a dialect does. */
export interface DialectRules {
  /** The byte that stands for it in snapshots, for ever. */
  readonly code: number;
  /** What is hashed, before "-0". */
  nameOf(id: string): string;
  /** How many digests a node of `weight` has, of `count` nodes that weigh `total`. */
  digestCount(weight: number, total: number, count: number): number;
  readonly pointsPerDigest: 3 | 4;
  /** Whether a hash that equals a point belongs to the next one. */
  readonly isBehindEqual: boolean;
}

const { fround } = Math;

function libketamaDigests(weight: number, total: number, count: number): number {
  const share = fround(fround(weight) / fround(total));
  // C computes this product in doubles, since 40.0 is one, and floorf takes a float.
  return Math.floor(fround(share * 40 * count));
}

function libmemcachedDigests(weight: number, total: number, count: number): number {
  const share = fround(fround(weight) / fround(total));
  const digests = fround(fround(fround(share * 160) / 4) * fround(count));
  return Math.floor(fround(digests + 0.0000000001));
}

/** Without weights spymemcached counts nothing: forty for each. */
function spymemcachedDigests(weight: number, total: number, count: number): number {
  return weight * count === total ? 40 : libmemcachedDigests(weight, total, count);
}

function hashRingDigests(weight: number, total: number, count: number): number {
  return Math.floor((40 * count * weight) / total);
}

/** The four dialects. */
export const dialects: Readonly<Record<KetamaDialect, DialectRules>> = {
  libketama: {
    code: 1,
    nameOf: (id) => id,
    digestCount: libketamaDigests,
    pointsPerDigest: 4,
    isBehindEqual: false,
  },
  libmemcached: {
    code: 2,
    nameOf: (id) => id.replace(/:11211$/, ''),
    digestCount: libmemcachedDigests,
    pointsPerDigest: 4,
    isBehindEqual: false,
  },
  spymemcached: {
    code: 3,
    nameOf: (id) => id.replace(/^\//, ''),
    digestCount: spymemcachedDigests,
    pointsPerDigest: 4,
    isBehindEqual: false,
  },
  hash_ring: {
    code: 4,
    nameOf: (id) => id,
    digestCount: hashRingDigests,
    pointsPerDigest: 3,
    isBehindEqual: true,
  },
};
