import type { Attachment, TreeNode } from './types';

/** Larger files would not fit into any model's context and make the page slow. */
const MAX_BYTES = 2 * 1024 * 1024;

/** Reads a text file; the error is a sentence for the person. */
export async function readAttachment(file: File): Promise<Attachment> {
  if (file.size > MAX_BYTES) throw new Error(`${file.name} is larger than 2 MB.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { name: file.name, text: decode(bytes, file.name) };
}

function decode(bytes: Uint8Array, name: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  if (encoding === 'utf-8' && bytes.includes(0)) throw new Error(`${name} is not a text file.`);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    throw new Error(`${name} is not text in UTF-8.`);
  }
}

/** The message as the model reads it: the files first, each in a fence that its text does not close. */
export function promptText(node: TreeNode): string {
  const files = (node.attachments ?? []).map(({ name, text }) => {
    const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
    const fence = '`'.repeat(longest + 1);
    return `File ${name}:\n${fence}\n${text.trimEnd()}\n${fence}\n\n`;
  });
  return files.join('') + node.text;
}
