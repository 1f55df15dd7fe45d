import { MemoryDisk } from '../../src/adapters/memory.ts';
import { describeDisk } from '../../src/contract/index.ts';

describeDisk('memory', () => {
  const disk = new MemoryDisk();
  return Promise.resolve({ disk, afterCrash: () => Promise.resolve(disk.afterCrash()) });
});

describeDisk('memory, of which a crash keeps everything', () => {
  const disk = new MemoryDisk();
  const everything = { sector: () => 512, size: () => true, name: () => true };
  return Promise.resolve({ disk, afterCrash: () => Promise.resolve(disk.afterCrash(everything)) });
});
