import {
  type LoadMix,
  loadMixes,
  loadMixNames,
  loadMixSchema,
  operationKinds,
} from '../supervisor/load-mix.ts';
import * as v from 'valibot';
import type { Form } from './forms.ts';

/** `boards`, or `edit=70,read=25,config=5`. */
export const mix: Form<LoadMix> = {
  name: 'mix',
  expected: `${loadMixNames.join(', ')}, or parts like edit=70,read=25,config=5`,
  parse: (given) => {
    const named = loadMixNames.find((name) => name === given);
    if (named !== undefined) return loadMixes[named];
    const found = { edit: 0, read: 0, config: 0 };
    for (const part of given.split(',')) {
      const [, name = '', digits = ''] = /^(\w+)=(\d{1,6})$/.exec(part) ?? [];
      const kind = operationKinds.find((one) => one === name);
      if (kind === undefined || found[kind] > 0) return undefined;
      found[kind] = Number(digits);
    }
    const parsed = v.safeParse(loadMixSchema, found);
    return parsed.success ? parsed.output : undefined;
  },
};
