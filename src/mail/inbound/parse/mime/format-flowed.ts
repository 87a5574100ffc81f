/** Joins the soft line breaks of `format=flowed` text (RFC 3676 §4). `delSp` drops the space that marks them. */
export function unflow(text: string, delSp: boolean): string {
  const out: string[] = [];
  let open = -1;
  for (const raw of text.split('\n')) {
    const depth = quoteDepth(raw);
    const line = unstuff(raw.slice(depth));
    const isSignature = line === '-- ';
    const flows = line.endsWith(' ') && !isSignature;
    const content = flows && delSp ? line.slice(0, -1) : line;
    if (open === depth && !isSignature) out[out.length - 1] += content;
    else out.push(depth > 0 ? `${'>'.repeat(depth)} ${content}` : content);
    open = flows ? depth : -1;
  }
  return out.join('\n');
}

function quoteDepth(line: string): number {
  let depth = 0;
  while (line[depth] === '>') depth++;
  return depth;
}

/** A space before `From`, `>` or a space was stuffed in to protect it (§4.4). */
function unstuff(line: string): string {
  return line.startsWith(' ') ? line.slice(1) : line;
}
