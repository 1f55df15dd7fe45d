import { nodeId, type NodeId } from './node-id.ts';

/** Whom to dial, and where: a map, or a plain object whose keys become ids. */
export type AddressBook<Address> = ReadonlyMap<NodeId, Address> | Readonly<Record<string, Address>>;

/**
 * The entries of `book`, in its order.
 *
 * @throws RangeError if a key is no node id.
 */
export function entriesOf<Address>(
  book: AddressBook<Address>,
): readonly (readonly [NodeId, Address])[] {
  if (isMap(book)) return [...book];
  return Object.entries(book).map(([peer, address]) => [nodeId(peer), address]);
}

function isMap<Address>(book: AddressBook<Address>): book is ReadonlyMap<NodeId, Address> {
  return book instanceof Map;
}
