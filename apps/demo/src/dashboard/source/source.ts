import { LiveSource } from './live-source.ts';
import type { PageSource } from './page-source.ts';

const token = document.querySelector<HTMLMetaElement>('meta[name="demo-token"]')?.content ?? '';

/** The source of this page. */
export const source: PageSource = new LiveSource(token);
