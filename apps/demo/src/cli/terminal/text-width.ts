/** How many columns of a terminal a text takes. */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const nothing = /^[\p{Mark}\p{Default_Ignorable_Code_Point}\p{Cc}]+$/u;
const emoji = /\p{Emoji_Presentation}|\uFE0F/u;

/** Ranges that are wide: East Asian Width W and F, as far as they are in use. */
const wide: readonly (readonly [first: number, last: number])[] = [
  [0x11_00, 0x11_5f],
  [0x2e_80, 0x30_3e],
  [0x30_41, 0xa4_cf],
  [0xa9_60, 0xa9_7f],
  [0xac_00, 0xd7_a3],
  [0xf9_00, 0xfa_ff],
  [0xfe_30, 0xfe_6f],
  [0xff_00, 0xff_60],
  [0xff_e0, 0xff_e6],
  [0x1_6f_e0, 0x1_b2_ff],
  [0x1_f2_00, 0x1_f2_ff],
  [0x2_00_00, 0x3_ff_fd],
];

/** In columns; 0 for nothing but marks. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
}

/** `text` in exactly so many columns: cut with an ellipsis, or filled up with spaces. */
export function fit(text: string, width: number): string {
  const whole = widthOf(text);
  if (whole <= width) return text + ' '.repeat(width - whole);
  let [cut, used] = ['', 0];
  for (const { segment } of graphemes.segment(text)) {
    const next = widthOfGrapheme(segment);
    if (used + next > width - 1) break;
    cut += segment;
    used += next;
  }
  return width <= 0 ? '' : `${cut}…${' '.repeat(width - used - 1)}`;
}

function widthOfGrapheme(grapheme: string): number {
  if (nothing.test(grapheme)) return 0;
  if (emoji.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0) ?? 0;
  return wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
