/** Returns whether each word of a search is part of one of some texts. Case does not matter. */
export function matches(search: string, texts: (string | undefined)[]): boolean {
  const all = texts.join('\n').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
