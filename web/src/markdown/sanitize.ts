import createPurifier from 'dompurify';

const ALLOWED_TAGS = [
  ...[
    'a',
    'b',
    'blockquote',
    'br',
    'code',
    'del',
    'details',
    'em',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'hr',
    'i',
    'input',
    'ins',
    'kbd',
    'li',
  ],
  ...[
    'mark',
    'ol',
    'p',
    'pre',
    's',
    'small',
    'span',
    'strong',
    'sub',
    'summary',
    'sup',
    'table',
    'tbody',
    'td',
    'th',
    'thead',
    'tr',
    'u',
    'ul',
  ],
];
const ALLOWED_ATTR = ['align', 'checked', 'class', 'disabled', 'href', 'start', 'title', 'type'];
const OWN_CLASS = /^(?:hljs(?:-[\w-]+)?|language-[\w+#.-]*|math(?:-display)?|\w+_)$/;

const purifier = createPurifier(window);

purifier.addHook('afterSanitizeAttributes', (element) => {
  if (element.hasAttribute('class')) {
    element.setAttribute('class', [...element.classList].filter((name) => OWN_CLASS.test(name)).join(' '));
  }
  if (element.nodeName === 'A') {
    element.setAttribute('target', '_blank');
    element.setAttribute('rel', 'noopener noreferrer');
  }
  // The boxes of task lists, and no other field a person might type into.
  if (element.nodeName === 'INPUT' && !(element.getAttribute('type') === 'checkbox' && element.hasAttribute('disabled'))) element.remove();
});

/** HTML to nodes that can do nothing but be read; links lead to web and mail addresses only. */
export function sanitize(html: string): DocumentFragment {
  return purifier.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR,
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    // Else these would be held to the rule for addresses.
    ADD_URI_SAFE_ATTR: ['align', 'checked', 'disabled', 'start', 'type'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}
