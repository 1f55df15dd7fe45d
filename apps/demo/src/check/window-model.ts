import { type Model, UNKNOWN, type Unknown } from '@quorate/linearizability';

import { type ConfigInput, configModel, type ConfigOutput, type KeyState } from './config-model.ts';

/** One key, of which nothing may be known yet. */
export type WindowState = KeyState | 'anything';

const absent: KeyState = { value: null, revision: 0, isExact: false };

/**
 * The configuration as `configModel` has it, for a history that begins in the middle: what a key
 * was then is told by the first answer about it, or by nothing.
 */
export const windowModel: Model<WindowState, ConfigInput, ConfigOutput> = {
  ...configModel,
  init: () => 'anything',
  step: (state, input, output) =>
    state === 'anything' ? learnt(input, output) : configModel.step(state, input, output),
  // Any other answer tells what the key was.
  isRead: ({ kind }, output) => kind === 'get' && output === UNKNOWN,
  describeState: (state) =>
    state === 'anything' ? 'not known yet' : (configModel.describeState?.(state) ?? ''),
};

/** What a key can be after the first answer about it. */
function learnt(input: ConfigInput, output: ConfigOutput | Unknown): readonly WindowState[] {
  if (output === UNKNOWN) {
    if (input.kind !== 'put') return ['anything'];
    return ['anything', { value: input.value, revision: 1, isExact: false }];
  }
  switch (output.kind) {
    case 'absent':
      return input.kind === 'put' ? [] : [absent];
    case 'deleted':
      return input.kind === 'delete' ? [absent] : [];
    case 'value':
      return input.kind === 'get'
        ? [{ value: output.value, revision: output.revision, isExact: true }]
        : [];
    case 'written':
      return input.kind === 'put'
        ? [{ value: input.value, revision: output.revision, isExact: true }]
        : [];
    case 'mismatch':
      // Its value stays unknown, and so its revision is not held against anybody.
      return input.kind === 'get' ? [] : [output.currentRevision === null ? absent : 'anything'];
  }
}
