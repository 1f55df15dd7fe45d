import type { Hono } from 'hono';

import { docsPage } from './docs-page.ts';
import { nodeTexts } from './node-texts.ts';
import { openApiOf } from './openapi.ts';

const info = {
  title: 'Corkboard',
  version: '1',
  description: 'Incident boards that several nodes keep, and the configuration of the cluster.',
};

/** Nothing is loaded, run or framed: texts of the page are texts. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Adds `/openapi.json` and `/docs` to the API of a node. */
export function addDocs(app: Hono): void {
  app.get('/openapi.json', (context) => context.json(openApiOf(app, info, nodeTexts)));
  app.get('/docs', (context) => {
    context.header('content-security-policy', policy);
    context.header('x-content-type-options', 'nosniff');
    return context.html(docsPage(openApiOf(app, info, nodeTexts)));
  });
}
