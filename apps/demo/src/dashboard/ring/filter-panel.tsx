import { isLive } from '../cluster/figures.ts';
import { view } from '../feed.ts';
import { count } from '../format.ts';

/** What the filters spare, how often they err, and copies on their way. */
export function FilterPanel() {
  const nodes = (view.value?.nodes ?? []).filter(isLive);
  return (
    <section class="panel" aria-labelledby="filters-title">
      <div class="panel-head">
        <h2 id="filters-title">Filters and hand-over</h2>
        <p class="hint">a filter of each node, known to all, says which boards may exist</p>
      </div>
      <div class="table-scroll">
        <table class="limits">
          <thead>
            <tr>
              {['Node', 'Full', 'Errs: should', 'did', 'Saved', 'To hand over', 'To give up'].map(
                (name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ id, status }) => {
              const { filter, underReplicatedCount = 0, leavingCount = 0 } = status?.boards ?? {};
              const { savedCount = 0, wrongCount = 0 } = filter ?? {};
              const asked = savedCount + wrongCount;
              return (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td>{percent(filter?.fillRatio ?? 0)}</td>
                  <td>{percent(filter?.falsePositiveRate ?? 0)}</td>
                  <td>{asked === 0 ? '–' : `${percent(wrongCount / asked)} of ${count(asked)}`}</td>
                  <td>{count(savedCount)}</td>
                  <td>{count(underReplicatedCount)}</td>
                  <td>{count(leavingCount)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="hint">
        Saved: requests for boards that nobody has, answered without asking an owner. Handed over:
        copies that another owner does not have whole yet.
      </p>
    </section>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.01 ? 3 : 1)}%`;
}
