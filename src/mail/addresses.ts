/** An address as it is compared and stored: trimmed and lower-cased (RFC 5321 §2.4 allows a host its own view of the local part; people do not). */
export function normalizeAddress(address: string): string {
  return address.trim().toLowerCase();
}

/** Splits at the last @: local part and domain, or null when one is missing. */
export function splitAddress(address: string): { local: string; domain: string } | null {
  const at = address.lastIndexOf('@');
  return at > 0 && at < address.length - 1 ? { local: address.slice(0, at), domain: address.slice(at + 1) } : null;
}

/** The address without its plus part (RFC 5233): support+x@desk.example is support@desk.example. */
export function withoutTag(address: string): string {
  const parts = splitAddress(address);
  return parts ? `${parts.local.split('+')[0]}@${parts.domain}` : address;
}
