/** A link that a mail may carry. Anything but https, http and mailto becomes no link at all. */
export function safeUrl(url: string): string {
  return /^(https?:\/\/|mailto:)[^\s"<>]+$/i.test(url) ? url : '';
}
