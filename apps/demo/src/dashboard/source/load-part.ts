/**
 * Loads the scripts of a part and of what it needs, those that are not there yet.
 *
 * The text of this function goes where no module does, so it needs nothing from outside.
 */
export async function loadPart(name: string): Promise<void> {
  const { parts = {}, needs = {} } = globalThis.corkboard ?? {};
  const missing = [...(needs[name] ?? []), name].filter((each) => parts[each] === undefined);
  const loading = missing.map((src) => {
    const known = document.querySelector<HTMLScriptElement>(`script[src="${src}"]`);
    const script = known ?? document.createElement('script');
    return new Promise<void>((resolve, reject) => {
      script.addEventListener('load', () => {
        resolve();
      });
      script.addEventListener('error', () => {
        script.remove();
        reject(new Error(`${src}: expected it beside the page`));
      });
      if (known) return;
      script.src = src;
      document.head.append(script);
    });
  });
  await Promise.all(loading);
}
