const paths = {
  attach: 'M20.5 11.5 12 20a5.3 5.3 0 0 1-7.5-7.5l8.8-8.8a3.5 3.5 0 0 1 5 5L9.6 17.4a1.8 1.8 0 0 1-2.5-2.5l7.9-7.9',
  chart: 'M4 20h16M7 16v-4M12 16V6M17 16v-7',
  chat: 'M20 14.5a2.5 2.5 0 0 1-2.5 2.5H9l-5 4V6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5z',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  down: 'M12 5v14M6 13l6 6 6-6',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  help: 'M9.2 9a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1-1.4 2M12 17.2v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  light:
    'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4',
  more: 'M5 12h.1M12 12h.1M19 12h.1',
  new: 'M12 5v14M5 12h14',
  next: 'm9 5 7 7-7 7',
  previous: 'm15 5-7 7 7 7',
  retry: 'M20 11a8 8 0 1 0-2.3 6M20 5v6h-6',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.8-4.8',
  send: 'M12 20V5M5.5 11.5 12 5l6.5 6.5',
  settings: 'M4 7h9M19 7h1M4 17h1M11 17h9M16 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 20a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  sidebar: 'M4 5h16v14H4zM9.5 5v14',
  stop: 'M7 7h10v10H7z',
  system: 'M3 5h18v11H3zM8 20h8M12 16v4',
  text: 'M5 6h14M5 11h14M5 16h8',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** The cord with its knots. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2 5c6 2 14 2 20 0M6 6.3V20M12 6.6V22M18 6.3V18" />
      <g>
        <circle cx="6" cy="12" r="2.2" />
        <circle cx="12" cy="11" r="2.2" />
        <circle cx="12" cy="16.5" r="2.2" />
        <circle cx="18" cy="13" r="2.2" />
      </g>
    </svg>
  );
}
