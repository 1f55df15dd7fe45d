/** `pnpm new-package <name> "<description>"`: a package that passes every check at once. */
import path from 'node:path';

import { planOf } from './new-package/skeleton.ts';
import { writePackage } from './new-package/write.ts';

const usage = 'usage: pnpm new-package <name> "<One sentence about it.>"';

const [name, description, ...rest] = process.argv.slice(2);
try {
  if (name === undefined || description === undefined || rest.length > 0)
    throw new RangeError(usage);
  const written = await writePackage(
    path.join(import.meta.dirname, '..'),
    planOf(name, description),
  );
  console.log(written.join('\n'));
  console.log(`
Next: pnpm install; a row in README.md; the algorithm in packages/${name}/src; its edge, when it has
one, in tools/tidy/layers.ts. CONTRIBUTING.md, "Add a package", has the whole list.`);
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
