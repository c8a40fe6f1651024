/** A line of the difference of two texts. In a changed line, `from` to `to` is the part that differs. */
export interface DiffLine {
  kind: 'same' | 'del' | 'ins'
  text: string
  from?: number
  to?: number
}

/** With more pairs of lines than this, everything between the first and the last difference counts as changed. */
const MAX_PAIRS = 4_000_000

/** Returns the lines to delete and to insert to get from one text to another. */
export function diff(before: string, after: string): DiffLine[] {
  const a = before.split('\n')
  const b = after.split('\n')
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({ kind: 'same', text }))
  return [
    ...same(a.slice(0, head)),
    ...marked(between(a.slice(head, a.length - tail), b.slice(head, b.length - tail))),
    ...same(tail ? a.slice(-tail) : []),
  ]
}

/** Compares by the longest common subsequence of lines. */
function between(a: string[], b: string[]): DiffLine[] {
  const wide = b.length + 1
  const out: DiffLine[] = []
  let i = 0
  let j = 0
  if (a.length * b.length <= MAX_PAIRS) {
    const longest = new Uint32Array((a.length + 1) * wide)
    for (let x = a.length - 1; x >= 0; x--) {
      for (let y = b.length - 1; y >= 0; y--) {
        longest[x * wide + y] =
          a[x] === b[y]
            ? longest[(x + 1) * wide + y + 1]! + 1
            : Math.max(longest[(x + 1) * wide + y]!, longest[x * wide + y + 1]!)
      }
    }
    while (i < a.length && j < b.length) {
      if (a[i] === b[j]) {
        out.push({ kind: 'same', text: a[i]! })
        i++
        j++
      } else if (longest[(i + 1) * wide + j]! >= longest[i * wide + j + 1]!) {
        out.push({ kind: 'del', text: a[i++]! })
      } else {
        out.push({ kind: 'ins', text: b[j++]! })
      }
    }
  }
  while (i < a.length) out.push({ kind: 'del', text: a[i++]! })
  while (j < b.length) out.push({ kind: 'ins', text: b[j++]! })
  return out
}

/** Marks the parts that differ where as many lines were deleted as inserted: the lines are taken as pairs. */
function marked(lines: DiffLine[]): DiffLine[] {
  for (let at = 0; at < lines.length;) {
    const end = (kind: DiffLine['kind'], from: number) => {
      let to = from
      while (lines[to]?.kind === kind) to++
      return to
    }
    const middle = end('del', at)
    const last = end('ins', middle)
    if (middle - at === last - middle) for (let k = 0; k < middle - at; k++) mark(lines[at + k]!, lines[middle + k]!)
    at = Math.max(last, at + 1)
  }
  return lines
}

function mark(del: DiffLine, ins: DiffLine) {
  const most = Math.min(del.text.length, ins.text.length)
  let head = 0
  while (head < most && del.text[head] === ins.text[head]) head++
  let tail = 0
  while (tail < most - head && del.text[del.text.length - 1 - tail] === ins.text[ins.text.length - 1 - tail]) tail++
  if (head + tail < most / 4) return // another line altogether
  Object.assign(del, { from: head, to: del.text.length - tail })
  Object.assign(ins, { from: head, to: ins.text.length - tail })
}

/** The number of unchanged lines that are shown around a change. */
const CONTEXT_LINES = 3
/** Groups lines into visible ones and long unchanged stretches, which are hidden. */
export function stretches(lines: DiffLine[]): { hidden: boolean; lines: DiffLine[] }[] {
  const near = lines.map(() => false)
  lines.forEach((line, at) => {
    if (line.kind !== 'same')
      for (let k = Math.max(0, at - CONTEXT_LINES); k <= Math.min(lines.length - 1, at + CONTEXT_LINES); k++)
        near[k] = true
  })
  const out: { hidden: boolean; lines: DiffLine[] }[] = []
  lines.forEach((line, at) => {
    const last = out[out.length - 1]
    if (last && last.hidden === !near[at]) last.lines.push(line)
    else out.push({ hidden: !near[at], lines: [line] })
  })
  return out
}
