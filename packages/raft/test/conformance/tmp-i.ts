import { readDataFile, dataFilesAt, headOf } from './data-driven.ts';
import { InteractionEnvironment } from './interaction/environment.ts';
const only = process.argv[3];
for (const f of dataFilesAt(process.argv[2]!)) {
  if (only && !f.includes(only)) continue;
  const env = new InteractionEnvironment(); const d = readDataFile(f); let ok=0;
  for (const x of d.directives) {
    let o: string; try { o = env.run(x); } catch (e) { o = 'EXC ' + (e as Error).stack?.split('\n').slice(0,6).join('\n'); }
    const n = (t: string) => t.split('\n').filter(l => !/^\s*(DEBUG|INFO|WARN|ERROR) /.test(l)).join('\n') || 'ok';
    if (n(x.expected) === n(o)) ok++; else if (only || o.startsWith('EXC')) console.log(`## ${d.name}:${x.line} ${headOf(x)}\n--- expected\n${n(x.expected)}\n--- got\n${o}\n`);
  }
  console.log(d.name, ok, d.directives.length);
}
