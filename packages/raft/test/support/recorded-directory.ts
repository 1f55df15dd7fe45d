import type { Disk } from '@quorate/storage';

/** Bytes of a file on one line of a recording. */
const BYTES_PER_LINE = 54;

/** All files of a node's directory, as text: for each a head, and its bytes but for last zeros. */
export async function recordDirectory(disk: Disk, directory: string): Promise<string> {
  const parts: string[] = [];
  for (const folder of ['log', 'snapshots']) {
    for (const name of await disk.list(`${directory}/${folder}`)) {
      parts.push(await recordFile(disk, directory, `${folder}/${name}`));
    }
  }
  return parts.join('');
}

async function recordFile(disk: Disk, directory: string, path: string): Promise<string> {
  const file = await disk.open(`${directory}/${path}`);
  const bytes = new Uint8Array(await file.sizeBytes());
  await file.read(0, bytes);
  await file.close();
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const lines = [`file ${path} ${bytes.length}`];
  for (let at = 0; at < end; at += BYTES_PER_LINE) {
    const line = bytes.subarray(at, Math.min(end, at + BYTES_PER_LINE));
    lines.push(Buffer.from(line).toString('base64'));
  }
  return `${lines.join('\n')}\n`;
}

/** Writes what `recordDirectory` recorded. */
export async function replayDirectory(
  recording: string,
  disk: Disk,
  directory: string,
): Promise<void> {
  for (const part of recording.split(/^file /m).slice(1)) {
    const [head = '', ...lines] = part.trimEnd().split('\n');
    const [path = '', sizeBytes = ''] = head.split(' ');
    const [folder = ''] = path.split('/');
    await disk.createDirectory(`${directory}/${folder}`);
    const file = await disk.open(`${directory}/${path}`, { mode: 'new' });
    const bytes = Buffer.concat(lines.map((line) => Buffer.from(line, 'base64')));
    if (bytes.length > 0) await file.write(0, bytes);
    await file.truncate(Number(sizeBytes));
    await file.sync();
    await file.close();
  }
}
