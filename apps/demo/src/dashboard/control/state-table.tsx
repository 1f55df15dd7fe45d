import { view } from '../feed.ts';
import { isSimulated } from '../source/source.ts';
import { roleOf } from '../format.ts';

/** Everything the drawings show, as text. */
export function StateTable() {
  return (
    <section class="panel full" aria-labelledby="table-title">
      <details open>
        <summary>
          <h2 id="table-title">State as a table</h2>
        </summary>
        <div class="table-scroll" tabindex={0}>
          <table>
            <thead>
              <tr>
                {['Node', 'Process', 'Role', 'Term', 'Leader', 'Voted for', 'Committed'].map(
                  header,
                )}
                {['Applied', 'On disk', 'Last entry', 'Keys', 'State', 'Cut off from'].map(header)}
                {['Damaged', 'API'].map(header)}
              </tr>
            </thead>
            <tbody>
              {view.value?.nodes.map((node) => {
                const raft = node.status?.raft;
                return (
                  <tr key={node.id}>
                    <th scope="row">{node.id}</th>
                    <td>{node.process}</td>
                    <td>{roleOf(node)}</td>
                    <td>{raft?.term ?? '–'}</td>
                    <td>{raft?.leaderId ?? '–'}</td>
                    <td>{raft?.votedFor ?? '–'}</td>
                    <td>{raft?.commitIndex ?? '–'}</td>
                    <td>{raft?.lastApplied ?? '–'}</td>
                    <td>{raft?.durableIndex ?? '–'}</td>
                    <td>{raft?.lastLogIndex ?? '–'}</td>
                    <td>{node.status?.store.keyCount ?? '–'}</td>
                    <td>{node.status?.store.digest ?? '–'}</td>
                    <td>{listed(node.status?.blockedPeers)}</td>
                    <td>{listed(raft?.damaged.map(({ logIndex }) => logIndex))}</td>
                    <td>{isSimulated ? '–' : <a href={`${node.api}/docs`}>{node.api}</a>}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

function listed(items: readonly (string | number)[] = []): string {
  return items.length === 0 ? '–' : items.join(', ');
}

function header(text: string) {
  return (
    <th key={text} scope="col">
      {text}
    </th>
  );
}
