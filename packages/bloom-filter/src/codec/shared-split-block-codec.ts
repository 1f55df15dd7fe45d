import { SharedSplitBlockFilter } from '../shared-split-block.ts';
import { decodeSplitBlock } from './split-block-codec.ts';

/**
 * The filter that `encodeSplitBlock` wrote, of one thread or of many, in memory to be shared.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else; nothing was allocated for what they claim.
 */
export function decodeSharedSplitBlock(bytes: Uint8Array): SharedSplitBlockFilter {
  const { blockCount, hasher, words } = decodeSplitBlock(bytes);
  const filter = new SharedSplitBlockFilter({ blockCount, hasher });
  filter.words.set(words);
  return filter;
}
