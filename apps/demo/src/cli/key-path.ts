/** The path of a key of the configuration in the demo's API. */
export function keyPath(key: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const fields = new URLSearchParams(given).toString();
  return `/api/config/${encodeURIComponent(key)}${fields === '' ? '' : `?${fields}`}`;
}
