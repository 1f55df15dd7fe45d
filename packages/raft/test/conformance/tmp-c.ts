import { readDataFile, dataFilesAt } from './data-driven.ts';
import { compareInteraction } from './interaction/compare.ts';
const only = process.argv[3]; let T=0,E=0,S=0;
for (const f of dataFilesAt(process.argv[2]!)) {
  if (only && !only.split(',').some((o) => f.endsWith(`/${o}.txt`))) continue;
  const d = readDataFile(f);
  const c = compareInteraction(d.directives);
  const n = c.length-1, e = c.filter(x=>x.isExact && x.place!=='end').length, s = c.filter(x=>!x.isExact&&x.differences.length===0).length;
  T+=n;E+=e;S+=s;
  console.log(`# ${d.name} ${n} exact ${e} samestate ${s} differs ${n-e-s}`);
  console.log('   output:', c.filter(x=>!x.isExact&&x.differences.length===0).map(x=>x.place).join(', '), '\n   state:', c.filter(x=>x.differences.length>0).map(x=>x.place).join(', '));
  if (only) for (const x of c) if (!x.isExact || x.differences.length>0) console.log(`  ${x.place} ${x.head}${x.isExact?' (exact)':''}${x.differences.map(y=>'\n      '+y).join('')}`);
}
console.log(T,E,S);
