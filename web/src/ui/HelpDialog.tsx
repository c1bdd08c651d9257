import { prefer, preferences } from '../state/preferences';
import { helpOpen } from '../state/view';
import { Dialog } from './Dialog';
import { shortcuts, type Shortcut } from './shortcuts';

const names: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };
const command = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl';

const fixed = [
  { keys: ['Enter'], does: 'Send the message' },
  { keys: ['Shift', 'Enter'], does: 'New line' },
  { keys: [command, 'Enter'], does: 'Continue the text (completion)' },
];

export function HelpDialog() {
  const rows = [...fixed, ...shortcuts.map((shortcut) => ({ keys: keysOf(shortcut), does: shortcut.does }))];
  return (
    <Dialog title="Keyboard" onClose={() => (helpOpen.value = false)}>
      <table class="keys">
        <tbody>
          {rows.map(({ keys, does }) => (
            <tr key={does}>
              <th scope="row">{does}</th>
              <td>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="check">
        <input
          type="checkbox"
          checked={preferences.value.letterKeys}
          onChange={(event) => {
            prefer({ letterKeys: event.currentTarget.checked });
          }}
        />
        Single keys work where nothing is typed
      </label>
    </Dialog>
  );
}

const keysOf = ({ key, control, alt }: Shortcut) => [
  ...(control ? [command] : []),
  ...(alt ? ['Alt'] : []),
  names[key] ?? key.toUpperCase(),
];
