/** Headers in which proxies tell for whom they ask. */
export type ForwardingHeader = 'x-forwarded-for' | 'forwarded';

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
// A value that is not quoted may hold colons and brackets: senders forget the quotes.
const pair = new RegExp(
  `[ \\t]*(${token})=(?:"((?:[^"\\\\]|\\\\.)*)"|([^",; \\t]*))[ \\t]*(;|,|$)`,
  'y',
);

/**
 * For whom a request was forwarded, each proxy's word, the nearest last.
 *
 * @returns Texts that may be no address ('unknown', '_hidden', anything): all but the last ones
 *   were written by whoever sent the request. `undefined` if the header cannot be read.
 */
export function forwardedFor(
  name: ForwardingHeader,
  value: string | null,
): readonly string[] | undefined {
  if (value === null || value === '') return [];
  return name === 'forwarded' ? readForwarded(value) : value.split(',').map((each) => each.trim());
}

/** RFC 7239. One element for each proxy, '' for one that does not say for whom. */
function readForwarded(value: string): readonly string[] | undefined {
  const elements = [''];
  pair.lastIndex = 0;
  while (pair.lastIndex < value.length) {
    // What a sender left open would swallow what the proxies wrote behind it: then nothing counts.
    const match = pair.exec(value);
    if (match === null) return undefined;
    const [, name = '', quoted, plain = '', end] = match;
    if (name.toLowerCase() === 'for') {
      elements[elements.length - 1] = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
    }
    if (end === ',') elements.push('');
  }
  return elements;
}
