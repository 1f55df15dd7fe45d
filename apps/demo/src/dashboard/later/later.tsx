/** Parts of the page whose scripts come when somebody looks at them, and not before. */
import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { seen } from '../source/seen.ts';
import { type LaterId, loadPartOf } from './parts.ts';

/** What there is of each part: the part, or that it could not be loaded. */
const loaded = signal<ReadonlyMap<LaterId, FunctionComponent | 'failed'>>(new Map());

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
  const Part = loaded.value.get(id);
  if (typeof Part === 'function') return <Part />;
  return (
    <p class="panel full empty later" role="status" ref={place}>
      {Part === 'failed' ? 'This part of the page could not be loaded.' : 'Loading …'}
    </p>
  );
}

async function load(id: LaterId): Promise<void> {
  // What is seen first waits for nothing else.
  await seen();
  const part = await loadPartOf(id).catch(() => 'failed' as const);
  loaded.value = new Map(loaded.peek()).set(id, part);
}
