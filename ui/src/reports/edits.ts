import { fencesOf } from './blocks'

/** A changed text, and the selection in it. */
export interface Edit {
  content: string
  from: number
  to: number
}

/** Inserts a paragraph at the caret, with blank lines around it. The caret is placed after it. */
export function insertParagraph(content: string, caret: number, text: string): Edit {
  const before = content.slice(0, caret).replace(/\s*$/, '')
  const after = content.slice(caret).replace(/^\s*/, '')
  const head = before ? `${before}\n\n` : ''
  const end = head.length + text.length + 1
  return { content: `${head}${text}\n${after ? `\n${after}` : ''}`, from: end, to: end }
}

/** Surrounds a selection with marks. Without a mark for its end, puts the mark at the start of the line of the selection. */
export function surround(content: string, from: number, to: number, before: string, after: string): Edit {
  const start = after ? from : content.lastIndexOf('\n', from - 1) + 1
  const end = after ? to : start
  return {
    content: content.slice(0, start) + before + content.slice(start, end) + after + content.slice(end),
    from: from + before.length,
    to: to + before.length,
  }
}

/** Replaces a fenced block. Returns the text unchanged if there is no block of this number. */
export function replaceFence(content: string, fence: number, text: string): string {
  const place = fencesOf(content)[fence]
  return place ? content.slice(0, place.from) + text + content.slice(place.to) : content
}
