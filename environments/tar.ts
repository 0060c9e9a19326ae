export interface TarFile {
  /** Absolute inside the container. */
  path: string;
  content: Buffer;
  mode: number;
  uid: number;
  gid: number;
}

const blockSize = 512;

/** A POSIX ustar archive of a few small files, parent folders left to the reader. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap((file) => [headerOf(file), padded(file.content)]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
}

function headerOf(file: TarFile): Buffer {
  const header = Buffer.alloc(blockSize);
  const name = Buffer.from(file.path.replace(/^\/+/, ""));
  if (name.length > 100) throw new RangeError(`path too long for a tar header: ${file.path}`);
  name.copy(header, 0);
  header.write(octal(file.mode & 0o7777, 8), 100);
  header.write(octal(file.uid, 8), 108);
  header.write(octal(file.gid, 8), 116);
  header.write(octal(file.content.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function padded(content: Buffer): Buffer {
  const rest = content.length % blockSize;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(blockSize - rest)]);
}
