/** Parts of the page whose scripts come when somebody looks at them, and not before. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { seen } from '../source/seen.ts';
import { type LaterId, type LaterParts, loadPartsOf } from './parts.ts';

const loaded = signal<LaterParts>({});
/** Whether the latest that was asked for could not be loaded. */
const hasFailed = signal(false);

/** Shows a part as soon as it is there, and loads it when its place comes into sight. */
export function Later({ id }: { readonly id: LaterId }) {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void load(id);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [id]);
  const Part = loaded.value[id];
  if (Part !== undefined) return <Part />;
  return (
    <p class="panel full empty later" role="status" ref={place}>
      {hasFailed.value ? 'This part of the page could not be loaded.' : 'Loading …'}
    </p>
  );
}

async function load(id: LaterId): Promise<void> {
  // What is seen first waits for nothing else.
  await seen();
  hasFailed.value = false;
  try {
    loaded.value = { ...loaded.peek(), ...(await loadPartsOf(id)) };
  } catch {
    hasFailed.value = true;
  }
}
