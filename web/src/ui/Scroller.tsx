import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './Icon';

/** Nearer than this to the end counts as at the end. */
const NEAR_PX = 48;

/** Stays at the end while an answer grows, unless the person has scrolled away from it; another last message brings it back. */
export function Scroller({ last, children }: { last: string; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const follows = useSignal(true);

  useEffect(() => {
    const toEnd = () => {
      if (box.current && follows.peek()) box.current.scrollTop = box.current.scrollHeight;
    };
    const observer = new ResizeObserver(toEnd);
    if (content.current) observer.observe(content.current);
    if (box.current) observer.observe(box.current);
    return () => {
      observer.disconnect();
    };
  }, []);

  useEffect(() => {
    follows.value = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [last]);

  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = box.current ?? document.documentElement;
    // Content that has grown in the meantime is no scrolling away.
    if (scrollHeight - scrollTop - clientHeight < NEAR_PX) follows.value = true;
    else if (scrollTop < lastTop.current) follows.value = false;
    lastTop.current = scrollTop;
  };

  return (
    <div class="scroller-place">
      <div class="scroller" ref={box} onScroll={onScroll} tabIndex={0} role="region" aria-label="Conversation">
        <div class="scroller-content" ref={content}>
          {children}
        </div>
      </div>
      {!follows.value && (
        <button
          type="button"
          class="to-end"
          aria-label="To the end"
          title="To the end"
          onClick={() => {
            box.current?.scrollTo({ top: box.current.scrollHeight });
          }}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}
