/**
 * The CRC-32 of Node's zlib, asked for at run time: the same file runs in browsers, which have
 * none.
 */
export const platformCrc32: ((bytes: Uint8Array) => number) | undefined = nodeCrc32();

function nodeCrc32(): ((bytes: Uint8Array) => number) | undefined {
  // What bundlers put in the place of `process` has few of its members.
  const host: Partial<Pick<NodeJS.Process, 'getBuiltinModule'>> | undefined =
    typeof process === 'undefined' ? undefined : process;
  return host?.getBuiltinModule?.('node:zlib').crc32;
}
