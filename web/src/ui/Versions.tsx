import { versions } from '../model/tree';
import type { Conversation, TreeNode } from '../model/types';
import { switchVersion } from '../state/actions';
import { IconButton } from './IconButton';

/** ‹ 2/3 ›, where a message has several versions. */
export function Versions({ conversation, node, busy }: { conversation: Conversation; node: TreeNode; busy: boolean }) {
  const all = versions(conversation, node);
  const at = all.indexOf(node);
  if (all.length < 2) return null;
  const step = (by: number) => () => {
    switchVersion(conversation, node, by);
  };
  return (
    <span class="versions" role="group" aria-label="Versions">
      <IconButton icon="previous" label="Previous version" disabled={busy || at === 0} onClick={step(-1)} />
      <span aria-label={`Version ${at + 1} of ${all.length}`}>
        {at + 1}/{all.length}
      </span>
      <IconButton icon="next" label="Next version" disabled={busy || at === all.length - 1} onClick={step(1)} />
    </span>
  );
}
