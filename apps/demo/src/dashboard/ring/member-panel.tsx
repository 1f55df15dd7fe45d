import { isLive } from '../cluster/figures.ts';
import { view } from '../feed.ts';
import { count, roleOf } from '../format.ts';

/** The members of the placement, and how many copies each has. */
export function MemberPanel() {
  const nodes = view.value?.nodes ?? [];
  const copies = nodes.map((node) => node.status?.boards.copyCount ?? 0);
  const most = Math.max(1, ...copies);
  const total = copies.reduce((sum, each) => sum + each, 0);
  const epochs = nodes.flatMap(({ status }) => (status ? [status.boards.epoch] : []));
  const epoch = Math.max(0, ...epochs);
  const members = nodes.find(({ status }) => status?.boards.epoch === epoch)?.status?.boards
    .members;
  return (
    <section class="panel" aria-labelledby="members-title">
      <div class="panel-head">
        <h2 id="members-title">Members</h2>
        <p class="hint">
          epoch {epoch}, {count(total)} copies
        </p>
      </div>
      <div class="table-scroll">
        <table class="bars">
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Is</th>
              <th scope="col">Copies</th>
              <th scope="col">Filter errs</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node, index) => {
              const held = copies[index] ?? 0;
              const filter = node.status?.boards.filter;
              const isMember = members?.includes(node.id) ?? false;
              const isBehind = node.status !== null && node.status.boards.epoch < epoch;
              return (
                <tr key={node.id}>
                  <th scope="row">{node.id}</th>
                  <td>
                    {isMember ? 'member' : 'no member'}
                    {isLive(node) ? undefined : `, ${roleOf(node)}`}
                    {isBehind ? ', behind' : undefined}
                  </td>
                  <td>
                    <span class="bar-cell">
                      <span class="bar" style={{ width: `${(held / most) * 100}%` }} />
                      {count(held)}
                    </span>
                  </td>
                  <td>{filter ? `${(filter.falsePositiveRate * 100).toFixed(2)}%` : '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="hint">
        Each board is on three members, chosen by a ring. A filter of each node says which boards
        may exist, so that a stranger costs no request: it errs so often.
      </p>
    </section>
  );
}
