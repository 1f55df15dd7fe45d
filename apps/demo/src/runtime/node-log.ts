import { type LogLevel, logLevels } from './node-settings.ts';

/** Takes what an operator may want to read. */
export type NodeLog = (level: LogLevel, text: string) => void;

/** Writes all up to `most` as lines, with the level before what is not a warning. */
export function nodeLog(most: LogLevel, write: (line: string) => void): NodeLog {
  return (level, text) => {
    if (logLevels.indexOf(level) > logLevels.indexOf(most)) return;
    write(level === 'warn' ? text : `${level}: ${text}`);
  };
}

type Handle = (request: Request, ...rest: never[]) => Response | Promise<Response>;

/** The same, and a line for each request; of one that was refused by a fault here, an error. */
export function logged<Fetch extends Handle>(fetch: Fetch, log: NodeLog): Fetch {
  const answer = async (request: Request, ...rest: never[]): Promise<Response> => {
    const startMs = performance.now();
    const response = await fetch(request, ...rest);
    const { pathname } = new URL(request.url);
    const ms = (performance.now() - startMs).toFixed(1);
    const level = response.status === 500 ? 'error' : 'debug';
    log(level, `${request.method} ${pathname} ${response.status} ${ms} ms`);
    return response;
  };
  return answer as Fetch;
}
