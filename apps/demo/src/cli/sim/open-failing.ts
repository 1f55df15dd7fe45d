/** Shows a run that failed on the page that needs no server. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { writeStaticPage } from '../../supervisor/static-page.ts';
import { openInBrowser } from '../open-in-browser.ts';
import type { Shell } from '../shell.ts';
import { parseFailing } from './failing-run.ts';
import { linkOf } from './run-replay.ts';

/** Writes the page into a temporary directory and opens it at the start of the run. */
export async function openFailing(file: string, { note }: Pick<Shell, 'note'>): Promise<void> {
  const { job } = parseFailing(readFileSync(file, 'utf8'));
  const directory = mkdtempSync(join(tmpdir(), 'corkboard-replay-'));
  await writeStaticPage(directory);
  const url = `${pathToFileURL(join(directory, 'index.html')).href}#${linkOf(job, 0)}`;
  note(url);
  openInBrowser(url);
}
