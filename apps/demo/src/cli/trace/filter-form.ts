import { type Fields, parseFilter } from '../../dashboard/trace/trace-filter.ts';
import type { Form } from '../forms.ts';

/** A condition on messages, as on the page. */
export const filter: Form<(fields: Fields) => boolean> = {
  name: 'condition',
  expected: "a condition like m.type === 'appendEntries' && m.term > 3",
  parse: (given) => {
    try {
      return parseFilter(given);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  },
};
