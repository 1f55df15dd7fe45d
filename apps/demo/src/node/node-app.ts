/** All routes of a node, and who may use which. */
import { type Context, Hono } from 'hono';

import { createBoardsApi } from '../board/boards-api.ts';
import { createConfigApi } from '../config/config-api.ts';
import { noRoute } from '../http/no-route.ts';
import { problem } from '../http/problem.ts';
import { createAccountApi } from '../operations/account-api.ts';
import { createAdminApi } from '../operations/admin-api.ts';
import { adminsOnly } from '../operations/admins-only.ts';
import { createOperationsApi, hasToken } from '../operations/operations-api.ts';
import type { Leadership } from './control/leadership.ts';
import type { BoardDirectory } from './gateway/board-directory.ts';
import type { NodeParts, NodeWatch } from './node-watch.ts';
import type { Surroundings } from './surroundings.ts';

/** What routes lead to. */
export interface AppParts extends NodeParts {
  readonly directory: BoardDirectory;
  readonly leadership: Leadership;
  readonly watch: NodeWatch;
  /** Proves the right to inject faults and to change the nodes; undefined: nobody has it. */
  readonly adminToken: string | undefined;
  /** Without it the token is no good for faults. */
  readonly allowsFaults: boolean;
}

/** The HTTP API of a node. */
export function createApp(
  parts: AppParts,
  { clock, events, trace, faults, telemetry }: Surroundings,
): Hono {
  const { control, boards, directory, changes, leadership, admission, watch, adminToken } = parts;
  const { raft, service } = control;
  const { host, owners } = boards;
  const mayAdminister = (context: Context): boolean =>
    hasToken(context, adminToken) || admission.isProvenAdmin(context);
  const apis = [
    createBoardsApi({ boards: boards.service, clock, directory }),
    createConfigApi(service, admission.isAdmin),
    createAccountApi(admission),
    createOperationsApi({
      ...{ events, trace, faults, ...watch },
      adminToken: parts.allowsFaults ? adminToken : undefined,
      ownersOf: (boardId) => owners.of(boardId),
      boardText: (boardId) => host.textOf(boardId),
    }),
    createAdminApi({ changes, leadership, raft }),
  ];
  const app = new Hono();
  app.use(watch.http.middleware(clock));
  if (telemetry !== undefined) app.use('/v1/*', telemetry.middleware());
  app.use('/v1/*', admission.authenticate(), admission.limit());
  app.use('/admin/*', adminsOnly(mayAdminister));
  for (const api of apis) app.route('/', api);
  app.notFound(({ req }) => noRoute(app, req));
  app.onError(({ message }) => problem('internal', { detail: message }));
  return app;
}
