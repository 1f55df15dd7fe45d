/** `demo watch KEY`: a key of the configuration, asked for again and again. */
import { setTimeout as delay } from 'node:timers/promises';

import { type DemoClient, problemText } from './demo-client.ts';
import { keyPath } from './key-path.ts';
import type { Shell } from './shell.ts';

const intervalMs = 500;

/** Prints each revision that is seen, until Ctrl-C. Some may come and go between two looks. */
export async function watchKey(
  watched: {
    readonly demo: Pick<DemoClient, 'request'>;
    readonly node: string | undefined;
    readonly read: string;
    readonly key: string;
  },
  {
    print,
    note,
    foreign,
    isJson,
    interrupted,
  }: Pick<Shell, 'print' | 'note' | 'foreign' | 'isJson' | 'interrupted'>,
): Promise<void> {
  const { demo, node, read, key } = watched;
  const path = keyPath(key, { node, read });
  let seen: string | undefined;
  let problem = '';
  while (!interrupted.aborted) {
    const headers = seen === undefined ? {} : { 'if-none-match': seen };
    const { status, headers: answered, body } = await demo.request({ path, headers });
    const etag = status === 404 ? 'absent' : String(answered['etag']);
    if (status === 200 || (status === 404 && seen !== 'absent')) {
      seen = etag;
      const document = JSON.parse(body) as { readonly value?: string; readonly revision?: number };
      const { value, revision } = document;
      if (isJson) print(JSON.stringify({ key, value: value ?? null, revision: revision ?? null }));
      else print(foreign(value ?? `${key} does not exist`));
      problem = '';
    } else if (status >= 400 && status !== 404) {
      const text = problemText(body);
      if (text !== problem) note(text);
      problem = text;
    }
    await delay(intervalMs, undefined, { signal: interrupted }).catch(() => undefined);
  }
}
