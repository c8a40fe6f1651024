/**
 * A parser of the common part of Markdown. It needs linear time for any text: closing marks are found in tables that are computed once for
 * a text, and the depth of nesting is limited.
 */

/** A part of a line: text, or something with a meaning. `source` is the Markdown of it. */
export type Inline =
  | string
  | { kind: 'code'; text: string }
  | { kind: 'image'; text: string; address: string; source: string }
  | { kind: 'link'; children: Inline[]; address: string; source: string }
  | { kind: 'strong' | 'em' | 'del'; children: Inline[] }

export type MarkdownBlock =
  | { kind: 'code'; language: string; code: string; fence: number }
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'rule' }
  | { kind: 'quote'; children: MarkdownBlock[] }
  | { kind: 'list'; ordered: boolean; items: { children: Inline[]; blocks: MarkdownBlock[] }[] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'paragraph'; children: Inline[] }

/** Longer texts are shown as they are. */
const MAX_LENGTH = 1_000_000
/** Deeper quotes and lists are text; deeper marks are shown as they are. */
const MAX_DEPTH = 12

const LIST_ITEM = /^\s*([-*+]|\d{1,9}[.)])\s+/
const TOP_LIST_ITEM = /^\s?([-*+]|\d{1,9}[.)])\s+/
const FENCE = /^\s*(```+|~~~+)\s*([\w:-]*)/
const QUOTE = /^\s*>/
const HEADING = /^(#{1,6})\s/
const INTERRUPTS_PARAGRAPH = /^\s*(```|~~~|>|#{1,6}\s|[-*+]\s|\d{1,9}[.)]\s)/

/** Parses a text into blocks. Fenced blocks are numbered from 0, those within quotes and lists included. */
export function parseMarkdown(text: string): MarkdownBlock[] {
  if (text.length > MAX_LENGTH) return [{ kind: 'code', language: '', code: text, fence: 0 }]
  return parseBlocks(text.replace(/\r\n?/g, '\n').split('\n'), { fences: 0 }, 0)
}

function parseBlocks(lines: string[], count: { fences: number }, depth: number): MarkdownBlock[] {
  const blocks: MarkdownBlock[] = []
  const nested = depth < MAX_DEPTH
  let at = 0
  const take = (test: (line: string) => boolean) => {
    const from = at
    while (at < lines.length && test(lines[at]!)) at++
    return lines.slice(from, at)
  }
  while (at < lines.length) {
    const line = lines[at]!
    const fence = FENCE.exec(line)
    const heading = HEADING.exec(line)
    if (!line.trim()) {
      at++
    } else if (fence) {
      at++
      const number = count.fences++
      const code = take((l) => !l.trim().startsWith(fence[1]!)).join('\n')
      at++
      blocks.push({ kind: 'code', language: fence[2]!, code, fence: number })
    } else if (heading) {
      at++
      blocks.push({ kind: 'heading', level: heading[1]!.length, children: parseInline(headingText(line)) })
    } else if (isRule(line)) {
      at++
      blocks.push({ kind: 'rule' })
    } else if (nested && QUOTE.test(line)) {
      const quoted = take((l) => QUOTE.test(l)).map((l) => l.replace(/^\s*> ?/, ''))
      blocks.push({ kind: 'quote', children: parseBlocks(quoted, count, depth + 1) })
    } else if (nested && LIST_ITEM.test(line)) {
      const ordered = /^\s*\d/.test(line)
      const items: string[][] = []
      for (const l of take((l) => LIST_ITEM.test(l) || /^\s{2,}\S/.test(l))) {
        if (items.length === 0 || TOP_LIST_ITEM.test(l)) items.push([l.replace(LIST_ITEM, '')])
        else items[items.length - 1]!.push(l.replace(/^\s{2,4}/, ''))
      }
      blocks.push({
        kind: 'list',
        ordered,
        items: items.map(([first = '', ...rest]) => ({
          children: parseInline(first),
          blocks: parseBlocks(rest, count, depth + 1),
        })),
      })
    } else if (line.includes('|') && isTableRule(lines[at + 1])) {
      at += 2
      const rows = take((l) => l.includes('|'))
      blocks.push({ kind: 'table', head: cells(line), rows: rows.map(cells) })
    } else {
      at++
      const rest = take((l) => l.trim() !== '' && !INTERRUPTS_PARAGRAPH.test(l))
      blocks.push({ kind: 'paragraph', children: parseInline([line, ...rest].join('\n')) })
    }
  }
  return blocks
}

/** Returns the text of a heading without the marks before and after it. */
function headingText(line: string): string {
  const text = line.replace(/^#+/, '').trim()
  let end = text.length
  while (end > 0 && text[end - 1] === '#') end--
  return text.slice(0, end).trimEnd()
}

/** Returns whether a line is a thematic break: at least three of the same mark, and nothing but blanks between them. */
function isRule(line: string): boolean {
  const marks = line.replace(/\s/g, '')
  const mark = marks[0]
  if (marks.length < 3 || (mark !== '-' && mark !== '*' && mark !== '_')) return false
  for (const c of marks) if (c !== mark) return false
  return true
}

function isTableRule(line: string | undefined): boolean {
  return line !== undefined && line.includes('-') && splitCells(line).every((cell) => /^:?-+:?$/.test(cell))
}

function splitCells(line: string): string[] {
  const trimmed = line.trim()
  const from = trimmed.startsWith('|') ? 1 : 0
  const to = trimmed.length > 1 && trimmed.endsWith('|') ? -1 : undefined
  return trimmed
    .slice(from, to)
    .split('|')
    .map((cell) => cell.trim())
}

const cells = (line: string) => splitCells(line).map((cell) => parseInline(cell))

/** Parses the marks of a paragraph, a heading or a cell. */
export function parseInline(text: string, depth = 0): Inline[] {
  if (depth >= MAX_DEPTH || !/[`*_~[\]!:]/.test(text)) return text ? [text] : []
  const next = new NextMarks(text)
  const out: Inline[] = []
  let plain = 0
  let at = 0
  const put = (part: Inline, end: number) => {
    if (at > plain) out.push(text.slice(plain, at))
    out.push(part)
    at = plain = end
  }
  while (at < text.length) {
    const c = text[at]!
    if (c === '`') {
      const marks = next.runLength(at)
      const close = next.backticks(marks, at + marks)
      if (close < 0) at += marks
      else put({ kind: 'code', text: text.slice(at + marks, close) }, close + marks)
    } else if (c === '[' || (c === '!' && text[at + 1] === '[')) {
      const open = c === '[' ? at : at + 1
      const link = next.link(open)
      if (!link) at++
      else {
        const source = text.slice(at, link.end)
        if (c === '!') put({ kind: 'image', text: link.text, address: link.address, source }, link.end)
        else if (link.text) {
          const children = parseInline(link.text, depth + 1)
          put({ kind: 'link', children, address: link.address, source }, link.end)
        } else at++
      }
    } else if ((c === '*' || c === '_' || c === '~') && text[at + 1] === c) {
      const close = next.double(c, at + 3)
      if (close >= 0)
        put(
          { kind: c === '~' ? 'del' : 'strong', children: parseInline(text.slice(at + 2, close), depth + 1) },
          close + 2,
        )
      else at += 2
    } else if (c === '*' || c === '_') {
      const close = /\S/.test(text[at + 1] ?? ' ') ? next.single(c, at + 2) : -1
      if (close >= 0) put({ kind: 'em', children: parseInline(text.slice(at + 1, close), depth + 1) }, close + 1)
      else at++
    } else if (c === 'h' && /^https?:\/\//.test(text.slice(at, at + 8))) {
      let end = at
      while (end < text.length && !/[\s<>)]/.test(text[end]!)) end++
      const address = text.slice(at, end)
      put({ kind: 'link', children: [address], address, source: address }, end)
    } else at++
  }
  if (plain < text.length) out.push(text.slice(plain))
  return out
}

/** Finds the next mark from a position in constant time. The table of a mark is computed when it is first needed. */
class NextMarks {
  private readonly tables = new Map<string, Int32Array>()
  private runs: Map<number, number[]> | undefined

  constructor(private readonly text: string) {}

  runLength(at: number): number {
    let end = at
    while (this.text[end] === '`') end++
    return end - at
  }

  /** Returns the position of the next run of exactly so many backticks, or -1. */
  backticks(length: number, from: number): number {
    if (!this.runs) {
      this.runs = new Map()
      // From the end, so that the nearest run is the last of its list.
      for (const match of [...this.text.matchAll(/`+/g)].reverse()) {
        const list = this.runs.get(match[0].length)
        if (list) list.push(match.index)
        else this.runs.set(match[0].length, [match.index])
      }
    }
    const list = this.runs.get(length)
    // The text is read forwards: what lies behind is not needed again.
    while (list?.length && list[list.length - 1]! < from) list.pop()
    return list?.at(-1) ?? -1
  }

  /** Returns the position of the next pair of a mark, or -1. */
  double(mark: string, from: number): number {
    return this.find(mark + mark, from, (at) => this.text[at] === mark && this.text[at + 1] === mark)
  }

  /** Returns the position of the next mark that ends emphasis, which is not followed by a letter; or -1. */
  single(mark: string, from: number): number {
    return this.find(mark, from, (at) => this.text[at] === mark && !/\w/.test(this.text[at + 1] ?? ''))
  }

  /** Returns the link `[text](address)` at a bracket. */
  link(open: number): { text: string; address: string; end: number } | null {
    const close = this.find(']', open + 1, (at) => this.text[at] === ']')
    if (close < 0 || this.text[close + 1] !== '(') return null
    const end = this.find(')', close + 2, (at) => /[)\s]/.test(this.text[at]!))
    if (end <= close + 2 || this.text[end] !== ')') return null
    return { text: this.text.slice(open + 1, close), address: this.text.slice(close + 2, end), end: end + 1 }
  }

  private find(name: string, from: number, test: (at: number) => boolean): number {
    let table = this.tables.get(name)
    if (!table) {
      table = new Int32Array(this.text.length + 1).fill(-1)
      for (let at = this.text.length - 1; at >= 0; at--) table[at] = test(at) ? at : table[at + 1]!
      this.tables.set(name, table)
    }
    return table[from] ?? -1
  }
}
