import type { Form } from './forms.ts';

/** What is read, written or watched. */
export type Target =
  | { readonly kind: 'board'; readonly id: string }
  | { readonly kind: 'config'; readonly key: string };

/** `board/ID`, `config/KEY`, or the key alone. */
export const target: Form<Target> = {
  name: 'target',
  expected: 'board/ID, config/KEY or KEY',
  parse: (given) => {
    const [, kind, rest = ''] = /^(board|config)\/(.*)$/s.exec(given) ?? [];
    const name = kind === undefined ? given : rest;
    if (name === '') return undefined;
    return kind === 'board' ? { kind, id: name } : { kind: 'config', key: name };
  },
};
