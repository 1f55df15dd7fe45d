import { readDataFile, dataFilesAt, headOf } from './data-driven.ts';
import { InteractionEnvironment } from './interaction/environment.ts';
import { execFileSync } from 'node:child_process'; import { writeFileSync } from 'node:fs';
const only = process.argv[3];
function strip(t: string): string {
  const out: string[] = []; let depth = 0;
  for (const l of t.split('\n')) {
    if (/^\s*(DEBUG|INFO|WARN|ERROR) /.test(l)) continue;
    const open = (l.match(/\[/g) ?? []).length - (l.match(/\]/g) ?? []).length;
    if (depth > 0) { depth += open; continue; }
    if (/->A(ppend|pply)Thread |A(ppend|pply)Thread->/.test(l)) { depth = Math.max(0, open); continue; }
    if (/^\s*(\d+)->\1 /.test(l)) continue;
    out.push(l);
  }
  const o2 = out.filter((l, i) => !(/^\s*Messages:$/.test(l) && !/->/.test(out[i + 1] ?? '')));
  return o2.join('\n') || 'ok';
}
for (const f of dataFilesAt(process.argv[2]!)) {
  if (only && !only.split(',').some((o) => f.endsWith(`/${o}.txt`))) continue;
  const env = new InteractionEnvironment(); const d = readDataFile(f); let ok=0;
  for (const x of d.directives) {
    let o: string; try { o = env.run(x); } catch (e) { o = 'EXC ' + (e as Error).stack?.split('\n').slice(0,6).join('\n'); }
    if (strip(x.expected) === strip(o)) ok++; else if (only || o.startsWith('EXC')) { 
      writeFileSync('/tmp/a.txt', strip(x.expected)+'\n'); writeFileSync('/tmp/b.txt', strip(o)+'\n');
      let diff=''; try { execFileSync('diff', ['-U2', '/tmp/a.txt', '/tmp/b.txt']); } catch (e) { diff = (e as {stdout: Buffer}).stdout.toString().split('\n').slice(2).join('\n'); }
      console.log(`## ${d.name}:${x.line} ${headOf(x)} ${x.input}\n${diff}`);
    }
  }
  console.log(d.name, ok, d.directives.length);
}
