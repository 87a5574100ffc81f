/**
 * Breaks lines of more than `width` characters at spaces. A continuation keeps the indentation or quote marks of its line; a word that is
 * too long, such as a URL, stays whole. Line ends become \n.
 */
export function wrapText(text: string, width = 72): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => (line.length <= width ? line : wrapLine(line, width)))
    .join('\n');
}

function wrapLine(line: string, width: number): string {
  const prefix = line.match(/^(?:> ?)*[ \t]*/)?.[0] ?? '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.slice(prefix.length).split(/ +/)) {
    if (current && prefix.length + current.length + 1 + word.length > width) {
      lines.push(prefix + current);
      current = word;
    } else current = current ? `${current} ${word}` : word;
  }
  return [...lines, prefix + current].join('\n');
}
