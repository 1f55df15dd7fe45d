import type { BoardsReport, PromiseResult } from '../../check/check-report.ts';

const names: Readonly<Record<PromiseResult['name'], string>> = {
  converged: 'copies are equal',
  nothingLost: 'nothing confirmed is lost',
  causal: 'no effect before its cause',
};
const signs = { kept: '✓', pending: '○', broken: '✗' } as const;
const tones = { kept: 'good', pending: 'none', broken: 'bad' } as const;

/** What became of each promise of boards, and the boards of which something is to be said. */
export function BoardsResult({ report: { promises, boards } }: { readonly report: BoardsReport }) {
  return (
    <>
      <ul class="promises">
        {promises.map(({ name, standing, detail }) => (
          <li key={name} class={tones[standing]}>
            <span aria-hidden="true">{signs[standing]}</span>
            <b>{names[name]}</b>
            <small>
              {standing}: {detail}
            </small>
          </li>
        ))}
      </ul>
      {boards.length === 0 ? undefined : (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Board</th>
                <th scope="col">Equal copies</th>
                <th scope="col">Confirmed, but missing</th>
              </tr>
            </thead>
            <tbody>
              {boards.map(({ boardId, groups, missing }) => (
                <tr key={boardId}>
                  <th scope="row">
                    <code>{boardId.slice(0, 12)}…</code>
                  </th>
                  <td>{groups.map((group) => group.join(' = ')).join(' ≠ ') || 'no copy'}</td>
                  <td>
                    {missing
                      .slice(0, 5)
                      .map(({ itemId, nodes }) => `${itemId} on ${nodes.join(', ') || 'all nodes'}`)
                      .join('; ') || '–'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
