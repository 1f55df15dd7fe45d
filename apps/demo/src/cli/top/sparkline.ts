const bars = '▁▂▃▄▅▆▇█';

/** The last `width` values as bars, the newest on the right; as high as the highest of them. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(Math.max(0, values.length - width));
  const highest = Math.max(...shown, 1e-9);
  const text = shown.map((value) => {
    const step = Math.round((value / highest) * (bars.length - 1));
    return bars[Math.min(bars.length - 1, Math.max(0, step))] ?? ' ';
  });
  return text.join('').padStart(width);
}
