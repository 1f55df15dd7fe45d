/** What `demo check` holds a history to. Boards are looked at where they are: on the demo. */
export const modelNames = [
  'config',
  'boards',
  'kv',
  'register',
  'cas-register',
  'multi-register',
  'counter',
  'set',
  'queue',
  'stack',
  'log',
  'mutex',
  'fenced-lock',
] as const;
