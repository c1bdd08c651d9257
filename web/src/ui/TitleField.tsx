import { useLayoutEffect, useRef } from 'preact/hooks';

/** Enter and leaving keep the title, Escape does not. */
export function TitleField({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useLayoutEffect(() => input.current?.select(), []);
  const finish = (result: string | null) => {
    if (!done.current) onDone(result);
    done.current = true;
  };
  return (
    <input
      ref={input}
      class="title-field"
      aria-label="Title"
      maxLength={200}
      defaultValue={title}
      onBlur={(event) => {
        finish(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        finish(event.key === 'Enter' ? event.currentTarget.value : null);
      }}
    />
  );
}
