import { view } from '../feed.ts';
import type { ShownClient } from './board-session.ts';

/** What each copy has, as eight digits: they are equal when the copies are. */
export function ReplicaChips(props: {
  readonly boardId: string;
  readonly clients: readonly ShownClient[];
}) {
  const { boardId, clients } = props;
  const copies: { readonly name: string; readonly digest: string }[] = [];
  for (const { name, client, revision } of clients) {
    if (revision.value >= 0) copies.push({ name, digest: client.digest });
  }
  for (const { id, status } of view.value?.nodes ?? []) {
    const digest = status?.boards.digests[boardId];
    if (digest !== undefined) copies.push({ name: id, digest });
  }
  const kinds = [...new Set(copies.map(({ digest }) => digest))];
  const isEqual = kinds.length === 1;
  if (copies.length === 0) return <p class="panel empty">No copy of it is known at that time.</p>;
  return (
    <section class="panel replica-chips" aria-label="Copies of the board">
      <p class={isEqual ? 'equality good' : 'equality warn'} role="status">
        {isEqual
          ? `✓ ${copies.length === 1 ? 'one copy' : `${copies.length} copies are equal`}`
          : `≠ ${copies.length} copies, ${kinds.length} different`}
      </p>
      <ul>
        {copies.map(({ name, digest }) => (
          <li key={name} class={`chip kind-${kinds.indexOf(digest) % 4}`}>
            <b>{name}</b> <code>{digest}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
