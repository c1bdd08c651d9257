import { useLayoutEffect, useRef } from 'preact/hooks';
import { enhance } from './enhance';
import { parse } from './parse';
import { sanitize } from './sanitize';

/** An answer's Markdown. Blocks that have not changed are left alone, so that what a person selects or copies there stays. */
export function Markdown({ text }: { text: string }) {
  return (
    <div class="markdown">
      {parse(text).map(({ html }, index) => (
        <BlockView key={index} html={html} />
      ))}
    </div>
  );
}

function BlockView({ html }: { html: string }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.current?.replaceChildren(enhance(sanitize(html)));
  }, [html]);
  return <div ref={element} class="block" />;
}
