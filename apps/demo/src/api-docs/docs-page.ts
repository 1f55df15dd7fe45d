/** A description of an API as one page of HTML, without scripts. */
import * as v from 'valibot';

const parameter = v.object({ name: v.string(), in: v.string(), required: v.boolean() });
const operation = v.object({
  summary: v.string(),
  parameters: v.optional(v.array(parameter), []),
  requestBody: v.optional(
    v.object({ content: v.record(v.string(), v.object({ schema: v.unknown() })) }),
  ),
  responses: v.record(v.string(), v.object({ description: v.string() })),
});
const description = v.object({
  info: v.object({ title: v.string(), description: v.string() }),
  paths: v.record(v.string(), v.record(v.string(), operation)),
});

type Operation = v.InferOutput<typeof operation>;

const style = `
:root { color-scheme: light dark; --text: light-dark(#1c2128, #e6e9ee);
  --dim: light-dark(#57606a, #9aa4b1); --line: light-dark(#d5dae1, #333b47);
  --page: light-dark(#ffffff, #12161c); --box: light-dark(#f5f7f9, #1a2029); }
body { margin: 0 auto; max-width: 56rem; padding: 2rem 1rem 4rem; background: var(--page);
  color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; } p { margin: .25rem 0; } .dim { color: var(--dim); }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.1rem; }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--box); }
summary { padding: .6rem .8rem; cursor: pointer; overflow-wrap: anywhere; }
summary p { margin-left: 4.6rem; }
.inside { padding: 0 .8rem .8rem; overflow-x: auto; }
b.method { display: inline-block; width: 4.2rem; font: 600 .8rem ui-monospace, monospace; }
code, pre { font: .85rem/1.45 ui-monospace, monospace; }
table { border-collapse: collapse; } td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
h3 { margin: .8rem 0 .2rem; font-size: .85rem; color: var(--dim); font-weight: 600; }
pre { margin: 0; }`;

/** @throws ValiError if `openApi` is no description of an API. */
export function docsPage(openApi: unknown): string {
  const { info, paths } = v.parse(description, openApi);
  const groups = Map.groupBy(Object.entries(paths), ([path]) => groupOf(path));
  const sections = [...groups].map(([group, routes]) => {
    const operations = routes.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, of]) => operationOf(method, path, of)),
    );
    return `<h2>${escape(group)}</h2>${operations.join('')}`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)}: HTTP API</title><style>${style}</style></head><body><main>
<h1>${escape(info.title)}</h1><p class="dim">${escape(info.description)}</p>
<p>All of it as <a href="/openapi.json">OpenAPI 3.1</a>. Errors are
<a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a> problems.</p>
${sections.join('\n')}</main></body></html>`;
}

function operationOf(method: string, path: string, of: Operation): string {
  const parameters = of.parameters.map((each) => [
    each.name,
    `${each.in}${each.required ? '' : ', if wanted'}`,
  ]);
  const bodies = Object.values(of.requestBody?.content ?? {}).map(
    ({ schema }) => `<pre>${escape(JSON.stringify(schema, null, 2))}</pre>`,
  );
  const answers = Object.entries(of.responses).map(([status, each]) => [status, each.description]);
  return `<details><summary><b class="method">${escape(method.toUpperCase())}</b>
<code>${escape(path)}</code><p class="dim">${escape(of.summary)}</p></summary><div class="inside">
${part('Parameters', parameters.length > 0 ? table(parameters) : '')}
${part('Body', bodies.join(''))}${part('Answers', table(answers))}</div></details>`;
}

function part(title: string, html: string): string {
  return html === '' ? '' : `<h3>${escape(title)}</h3>${html}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]): string =>
    row.map((cell, index) => `<td>${index === 0 ? code(cell) : escape(cell)}</td>`).join('');
  return `<table>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</table>`;
}

function code(text: string): string {
  return `<code>${escape(text)}</code>`;
}

function groupOf(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  return first === 'v1' || first === 'admin' ? `/${first}/${second}` : 'About the node';
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (unit) => `&#${unit.charCodeAt(0)};`);
}
