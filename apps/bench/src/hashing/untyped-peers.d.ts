/** Peers that come without types, as far as they are used here. */

declare module 'jumphash' {
  export default function jumphash(key: string, bucketCount: number): number;
}

declare module 'consistent-hash' {
  export default class ConsistentHash {
    add(node: string): this;
    get(key: string): string;
  }
}

declare module 'bloomfilter' {
  export class BloomFilter {
    /** @param bitCount - How many bits. @param hashCount - How many functions. */
    constructor(bitCount: number, hashCount: number);
    add(key: string | number): void;
    test(key: string | number): boolean;
  }
}
