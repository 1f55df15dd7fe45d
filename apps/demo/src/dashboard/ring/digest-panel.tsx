import { view } from '../feed.ts';
import { count } from '../format.ts';
import { type BoardRow, boardRows } from './copies.ts';
import { boardId } from './lookup-panel.tsx';

const agreements = {
  equal: { sign: '=', text: 'equal', tone: 'good' },
  differ: { sign: '≠', text: 'differ', tone: 'warn' },
  few: { sign: '▽', text: 'too few', tone: 'warn' },
} as const;

/** What each copy has, as a digest: those of one board turn equal as they converge. */
export function DigestPanel() {
  const nodes = view.value?.nodes ?? [];
  const rows = boardRows(nodes);
  const equalCount = rows.filter(({ agreement }) => agreement === 'equal').length;
  return (
    <section class="panel" aria-labelledby="digests-title">
      <div class="panel-head">
        <h2 id="digests-title">Copies of boards</h2>
        <p class="hint">
          {count(equalCount)} of {count(rows.length)} equal on three live nodes
        </p>
      </div>
      {rows.length === 0 ? (
        <p class="empty">
          There are no boards yet. Make one on the screen <a href="#boards">Boards</a>.
        </p>
      ) : (
        <div class="table-scroll tall" tabindex={0}>
          <table class="digests">
            <thead>
              <tr>
                <th scope="col">Board</th>
                <th scope="col">Copies</th>
                {nodes.map(({ id }) => (
                  <th key={id} scope="col">
                    {id}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.boardId} row={row} ids={nodes.map(({ id }) => id)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ row, ids }: { readonly row: BoardRow; readonly ids: readonly string[] }) {
  const { sign, text, tone } = agreements[row.agreement];
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          class="link-button"
          title="Look this board up"
          onClick={() => {
            boardId.value = row.boardId;
          }}
        >
          <code>{shortId(row.boardId)}</code>
        </button>
      </th>
      <td class={`agreement ${tone}`}>
        <span aria-hidden="true">{sign}</span> {text}
      </td>
      {ids.map((id) => {
        const digest = row.digests.get(id);
        if (digest === undefined) return <td key={id}>–</td>;
        return (
          <td key={id}>
            <span class={digest === row.commonest ? 'digest' : 'digest other'}>{digest}</span>
          </td>
        );
      })}
    </tr>
  );
}

function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 13)}…`;
}
