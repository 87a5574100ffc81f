/** The address of a neighbouring page: the same question with another cursor. null: there is none. */
export function pageLink(
  path: `/api/${string}`,
  query: Record<string, string | number | boolean | undefined>,
  cursor: string | null,
): string | null {
  if (cursor === null) return null;
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...query, cursor }))
    if (value !== undefined) search.set(key, String(value));
  return `${path}?${search}`;
}
