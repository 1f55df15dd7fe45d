/** A node of the last release that spoke protocol version 1 alone, built from its commit. */
export { RaftNode } from '../../../src/raft-node.ts';
