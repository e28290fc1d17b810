import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

const program = process.env['DITTO_PROGRAM'] ?? '';
export const assets = new URL('../../assets/', import.meta.url).pathname;

/** The built program as a server, with a data folder of its own. */
export class Product {
  readonly folder = mkdtempSync(join(tmpdir(), 'ditto-studio-'));
  private process: ChildProcess | null = null;
  private port = 0;

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts at a free port at first, and at the same one later. */
  async start(): Promise<void> {
    const child = spawn(
      program,
      ['serve', '--port', String(this.port), '--data', join(this.folder, 'data'), '--jobs', '1'],
      { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.process = child;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const listen = (text: Buffer) => {
        said += text.toString();
        const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
        if (!found) return;
        this.port = Number(found[1]);
        resolve();
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.on('exit', (status) => reject(new Error(`serve ended with ${status}: ${said}`)));
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.removeAllListeners('exit');
    child.once('exit', () => undefined);
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await Promise.race([ended, gone]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A file in the data folder's neighbourhood, for the page to upload. */
  file(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }
}

/** The demo voice as a WAV of `seconds`, repeated where it is too short. */
export function voice(seconds: number): Uint8Array {
  const demo = readFileSync(join(assets, 'demo_voice.wav'));
  const rate = demo.readUInt32LE(28);
  const align = demo.readUInt16LE(32);
  const begin = demo.indexOf('data') + 8;
  const samples = demo.subarray(begin);
  const size = Math.floor(seconds * (rate / align)) * align;
  const header = Buffer.from(demo.subarray(0, begin));
  header.writeUInt32LE(begin - 8 + size, 4);
  header.writeUInt32LE(size, begin - 4);
  const repeats = Math.ceil(size / samples.length);
  const sound = Buffer.concat(new Array<Buffer>(repeats).fill(samples)).subarray(0, size);
  return Buffer.concat([header, sound]);
}

/** A PNG without any face: stripes. */
export function stripes(side: number): Uint8Array {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 0, 0, 0, 0], 8); // 8 bits, grey
  const row = Buffer.alloc(side + 1);
  for (let x = 0; x < side; x += 1) row[x + 1] = x % 64 < 32 ? 90 : 170;
  const rows = Buffer.concat(new Array<Buffer>(side).fill(row));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A PDF with a page for each title, in a font that every reader has. */
export function deck(titles: string[]): Uint8Array {
  const kids = titles.map((_, i) => `${4 + 2 * i} 0 R`).join(' ');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${titles.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>',
  ];
  titles.forEach((title, i) => {
    const text = `0.04 0.42 0.36 rg 0 0 16 540 re f BT /F1 56 Tf 80 300 Td (${title}) Tj ET`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 960 540] /Contents ${5 + 2 * i} 0 R ` +
        '/Resources << /Font << /F1 3 0 R >> >> >>',
      `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    );
  });
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** A PDF with one line of Latin letters a page, each page in a colour of its own. */
export function pdf(lines: string[]): Uint8Array {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', ''];
  objects.push('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
  const kids = lines.map((line, index) => {
    const shade = (0.85 + 0.03 * (index % 5)).toFixed(2);
    const drawing =
      `${shade} 0.95 0.98 rg 0 0 960 540 re f 0.1 0.2 0.3 rg ` +
      `BT /F1 56 Tf 80 380 Td (${line}) Tj ET`;
    const page = objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 960 540] /Contents ${objects.length + 2} 0 R ` +
        '/Resources << /Font << /F1 3 0 R >> >> >>',
    );
    objects.push(`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`);
    return `${page} 0 R`;
  });
  objects[1] = `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${lines.length} >>`;
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const size = objects.length + 1;
  file +=
    `xref\n0 ${size}\n0000000000 65535 f \n${rows.join('')}` +
    `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
