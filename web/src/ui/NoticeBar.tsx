import { useEffect, useState } from 'preact/hooks';
import { dismiss, notice } from '../state/notices';
import { IconButton } from './IconButton';

const SHOWN_MS = 10_000;

/** Goes by itself, but not while the person is at it. */
export function NoticeBar() {
  const shown = notice.value;
  const [held, hold] = useState(false);
  useEffect(() => {
    if (!shown || held) return;
    const timer = setTimeout(dismiss, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [shown, held]);
  const holding = {
    onPointerEnter: () => {
      hold(true);
    },
    onPointerLeave: () => {
      hold(false);
    },
    onFocusIn: () => {
      hold(true);
    },
    onFocusOut: () => {
      hold(false);
    },
  };
  return (
    <div class="notice-place" role="status">
      {shown && (
        <div class="notice" key={shown.id} {...holding}>
          <span>{shown.text}</span>
          {shown.action && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                shown.action?.run();
                dismiss();
              }}
            >
              {shown.action.label}
            </button>
          )}
          <IconButton icon="close" label="Dismiss" onClick={dismiss} />
        </div>
      )}
    </div>
  );
}
