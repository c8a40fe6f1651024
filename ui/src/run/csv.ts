/** A page shows no more: each cell is an element of it. */
const MAX_CELLS = 100_000

/** Parses the rows of a CSV file (RFC 4180), up to a limit of rows and of cells. */
export function parseCsv(text: string, separator: string, limit: number): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let cells = 0
  let quoted = false
  for (let i = 0; i < text.length && rows.length < limit && cells < MAX_CELLS; i++) {
    const c = text[i]!
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        cell += '"'
        i++
      } else if (c === '"') quoted = false
      else cell += c
    } else if (c === '"' && cell === '') quoted = true
    else if (c === separator) {
      row.push(cell)
      cells++
      cell = ''
    } else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') i++
      row.push(cell)
      cells++
      rows.push(row)
      row = []
      cell = ''
    } else cell += c
  }
  if (rows.length < limit && (cell || row.length)) rows.push(cells < MAX_CELLS ? [...row, cell] : row)
  return rows
}
