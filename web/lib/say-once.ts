import type { Words } from './rich-words.ts';

/** The same for the same words, whoever has written their html: the desk writes its attributes and empty elements otherwise than a browser. */
export function sayOnce({ text, html }: Words): string {
  if (html === null) return text;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const element of body.querySelectorAll('*'))
    for (const { name } of [...element.attributes]) if (name !== 'href') element.removeAttribute(name);
  return `<${body.innerHTML}`;
}
