import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Takes files that are dropped anywhere on the page. */
export function DropZone({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const over = useSignal(false);
  useEffect(() => {
    const onDrag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      // Leaving the window has no target to go to.
      over.value = event.type === 'dragover' || (event.type === 'dragleave' && event.relatedTarget !== null);
      if (event.type === 'drop') onFiles([...event.dataTransfer.files]);
    };
    const kinds = ['dragover', 'dragleave', 'drop'] as const;
    for (const kind of kinds) document.addEventListener(kind, onDrag);
    return () => {
      for (const kind of kinds) document.removeEventListener(kind, onDrag);
    };
  }, [onFiles]);
  return over.value ? <div class="drop-zone">Drop text files to attach them</div> : null;
}
