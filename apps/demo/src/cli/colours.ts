import { styleText } from 'node:util';

/** What a text is, rather than what it looks like: without colours it must say the same. */
export type Tone = 'good' | 'warn' | 'bad' | 'dim' | 'bold' | 'accent';

/** Marks a text. */
export type Colours = (tone: Tone, text: string) => string;

const formats = {
  good: 'green',
  warn: 'yellow',
  bad: 'red',
  dim: 'dim',
  bold: 'bold',
  accent: 'cyan',
} as const;

/** With colours, for a terminal; or without. */
export function coloursFor(stream: { readonly isTTY?: boolean }, isPlain: boolean): Colours {
  // https://no-color.org: present and not empty, whatever it says.
  const isUnwanted = isPlain || (process.env['NO_COLOR'] ?? '') !== '';
  if (isUnwanted || stream.isTTY !== true) return (_, text) => text;
  return (tone, text) => styleText(formats[tone], text, { validateStream: false });
}
