const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML. */
export const escape = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
