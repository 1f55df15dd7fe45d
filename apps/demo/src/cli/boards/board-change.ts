import * as v from 'valibot';

import { boardOperation, type BoardOperation } from '../../board/board.ts';
import { Misuse } from '../command-spec.ts';
import { changeForms, changeVerbs } from './change-forms.ts';

/** What can be said of a board, and what it does. */
const verbs: Readonly<
  Record<(typeof changeVerbs)[number], (text: string, newId: string) => unknown>
> = {
  title: (title) => ({ kind: 'setTitle', title }),
  status: (status) => ({ kind: 'setStatus', status }),
  note: (text) => ({ kind: 'insertNotes', position: 0, text: `${text}\n` }),
  item: (text, id) => ({ kind: 'addItem', id, text }),
  done: (id) => ({ kind: 'checkItem', id, isDone: true }),
  undone: (id) => ({ kind: 'checkItem', id, isDone: false }),
  remove: (id) => ({ kind: 'removeItem', id }),
  affected: (amount) => ({ kind: 'addAffected', amount: Number(amount) }),
};

/**
 * What to do to a board.
 *
 * @param newId - For an item that is added.
 * @throws Misuse if `text` says nothing that can be done.
 */
export function parseChange(text: string, newId: string): BoardOperation {
  const [, word = '', value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  const verb = changeVerbs.find((known) => known === word);
  if (verb === undefined) {
    throw new Misuse(`<value>: expected one of ${changeForms} for a board, got ${text}`);
  }
  const parsed = v.safeParse(boardOperation, verbs[verb](value, newId));
  if (parsed.success) return parsed.output;
  throw new Misuse(`<value>: ${verb}: ${parsed.issues[0].message}`);
}
