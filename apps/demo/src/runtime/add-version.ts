import type { Hono } from 'hono';

import type { NodeCommand } from '../cli/command.ts';

/** `GET /version`: what runs here, and what it promises less or more than others. */
export function addVersion(
  app: Hono,
  { settings, carrier }: Pick<NodeCommand, 'settings' | 'carrier'>,
): void {
  const { fsync, replicaCount, allowsFaults } = settings;
  app.get('/version', (context) =>
    context.json({
      ...{ service: 'corkboard', node: process.version, carrier: carrier.kind },
      ...{ fsync, replicaCount, allowsFaults },
    }),
  );
}
