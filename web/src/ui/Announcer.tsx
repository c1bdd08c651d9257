import { announcements } from '../state/announcer';

/** Read out by screen readers, not shown. */
export function Announcer() {
  return (
    <div class="visually-hidden" role="log" aria-live="polite" aria-label="What happens">
      {announcements.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
