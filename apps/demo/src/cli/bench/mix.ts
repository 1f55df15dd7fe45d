import type { Form } from '../forms.ts';

/** What is asked for. */
export const operationKinds = ['edit', 'read', 'config'] as const;

/** One of them. */
export type OperationKind = (typeof operationKinds)[number];

/** How much of each; whatever the sum. */
export type Mix = Readonly<Record<OperationKind, number>>;

/** `edit=70,read=25,config=5`. */
export const mix: Form<Mix> = {
  name: 'mix',
  expected: 'parts like edit=70,read=25,config=5',
  parse: (given) => {
    const found = { edit: 0, read: 0, config: 0 };
    for (const part of given.split(',')) {
      const [, name = '', digits = ''] = /^(\w+)=(\d{1,6})$/.exec(part) ?? [];
      const kind = operationKinds.find((one) => one === name);
      if (kind === undefined || found[kind] > 0) return undefined;
      found[kind] = Number(digits);
    }
    return found.edit + found.read + found.config > 0 ? found : undefined;
  },
};

/** The kind at `position`, 0..1, if all kinds lie side by side in their shares. */
export function kindAt(parts: Mix, position: number): OperationKind {
  let left = position * operationKinds.reduce((sum, kind) => sum + parts[kind], 0);
  for (const kind of operationKinds) {
    left -= parts[kind];
    if (left < 0) return kind;
  }
  return operationKinds.findLast((kind) => parts[kind] > 0) ?? 'read';
}
