import { isLive } from '../cluster/figures.ts';
import { view } from '../feed.ts';
import { count } from '../format.ts';

/** From here on a limit is none. */
const unlimited = 1_000_000;

const sources = {
  cluster: '● the cluster',
  redis: '● Redis',
  'local share': '○ its local share',
} as const;

/** How each node decided about its clients last, and who counted. */
export function LimitPanel() {
  const nodes = (view.value?.nodes ?? []).filter(isLive);
  const rows = nodes.flatMap(({ id, status }) =>
    (status?.limits ?? []).map((figures) => ({ node: id, ...figures })),
  );
  return (
    <section class="panel full" aria-labelledby="limits-title">
      <div class="panel-head">
        <h2 id="limits-title">Limits</h2>
        <p class="hint">
          one quota for the whole cluster; who cannot reach the counting node has a share of his own
        </p>
      </div>
      {rows.length === 0 ? (
        <p class="empty">No node was asked anything yet.</p>
      ) : (
        <div class="table-scroll">
          <table class="limits">
            <thead>
              <tr>
                {['Client', 'On', 'Limit', 'Remaining', 'Last request', 'Counted by', '429s'].map(
                  (name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ node, key, limit, remaining, isLimited, source, limitedCount }) => (
                <tr key={`${node} ${key}`}>
                  <th scope="row">{key}</th>
                  <td>{node}</td>
                  <td>{limit >= unlimited ? 'none' : count(limit)}</td>
                  <td>{limit >= unlimited ? '–' : count(remaining)}</td>
                  <td>{isLimited ? '✗ limited' : '✓ admitted'}</td>
                  <td>{sources[source]}</td>
                  <td>{count(limitedCount)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
