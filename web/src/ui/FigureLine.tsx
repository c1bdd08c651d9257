import type { TreeNode } from '../model/types';
import type { Running } from '../state/generation';
import { server } from '../state/server';

/** Tokens a second while an answer is made, and how much of the context the conversation uses. */
export function FigureLine({ path, work }: { path: readonly TreeNode[]; work: Running | null }) {
  const last = path.findLast((node) => (node.figures?.promptTokens ?? 0) > 0)?.figures;
  const before = last ? last.promptTokens + last.answerTokens : 0;
  // The size of the prompt comes with the end of the answer: until then what is known is the text before and the tokens since.
  const live = work && work.figures.promptTokens === 0 ? before + work.figures.answerTokens : 0;
  const used = live || (work && work.figures.promptTokens > 0 ? work.figures.promptTokens + work.figures.answerTokens : before);
  const size = server.value?.contextSize ?? null;
  const share = size ? Math.min(1, used / size) : 0;
  return (
    <div class="figure-line">
      {work?.started && work.figures.tokensPerSecond > 0 && <span class="rate">{work.figures.tokensPerSecond.toFixed(1)} tokens/s</span>}
      {used > 0 && (
        <span class={share > 0.85 ? 'context nearly-full' : 'context'}>
          <progress max={1} value={share} aria-label="Context used" />
          {used.toLocaleString('en')}
          {size && ` of ${size.toLocaleString('en')}`} tokens of context
        </span>
      )}
    </div>
  );
}
