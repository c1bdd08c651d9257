import { announce } from '../state/announcer';

const SHOWN_MS = 1500;

/** Copies and shows on the button that it has happened. */
export async function copyText(text: string, button: HTMLElement): Promise<void> {
  const copied = await write(text);
  announce(copied ? 'Copied.' : 'The browser does not allow copying.');
  button.dataset['copied'] = String(copied);
  setTimeout(() => {
    delete button.dataset['copied'];
  }, SHOWN_MS);
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeOverSelection(text);
  }
}

/** The clipboard interface needs HTTPS or localhost; the old command works over plain HTTP too. */
function writeOverSelection(text: string): boolean {
  const field = Object.assign(document.createElement('textarea'), { value: text, className: 'visually-hidden' });
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
