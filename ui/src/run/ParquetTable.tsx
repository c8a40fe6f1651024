import { useQuery } from '@tanstack/react-query'
import { decompress } from 'fzstd'
import { parquetMetadataAsync, parquetReadObjects, type AsyncBuffer, type Compressors } from 'hyparquet'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'

const ROWS = 500
/** Zstandard is the default of Polars. Snappy, which most writers use, is built into the library. */
const COMPRESSORS: Compressors = { ZSTD: (input) => decompress(input) }

/** Returns a file on the server of which only the requested ranges are fetched. */
function partsOf(address: string, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    slice: async (start, end = byteLength) => {
      const response = await fetch(address, { headers: { Range: `bytes=${start}-${end - 1}` } })
      const bytes = await response.arrayBuffer()
      if (!response.ok) throw new Error(new TextDecoder().decode(bytes).slice(0, 500))
      return response.status === 206 ? bytes : bytes.slice(start, end)
    },
  }
}

async function read(address: string) {
  const head = await fetch(address, { headers: { Range: 'bytes=0-3' } })
  const size = Number(/\/(\d+)$/.exec(head.headers.get('Content-Range') ?? '')?.[1] ?? NaN)
  if (!head.ok) throw new Error((await head.text()).slice(0, 500))
  const file = Number.isNaN(size) ? await head.arrayBuffer() : partsOf(address, size)
  const metadata = await parquetMetadataAsync(file)
  const columns = metadata.schema
    .slice(1)
    .filter((_, i, all) => isTop(all, i))
    .map((element) => element.name)
  const rows = await parquetReadObjects({ file, metadata, rowEnd: ROWS, compressors: COMPRESSORS })
  return { columns, rows: rows as Record<string, unknown>[], total: Number(metadata.num_rows) }
}

/** Returns whether an element of the flattened schema is a top-level column. */
function isTop(elements: { num_children?: number }[], at: number): boolean {
  let next = 0
  const skip = (i: number): number => {
    let end = i + 1
    for (let child = 0; child < (elements[i]?.num_children ?? 0); child++) end = skip(end)
    return end
  }
  while (next < at) next = skip(next)
  return next === at
}

function text(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date)
    return value
      .toISOString()
      .replace('T', ' ')
      .replace(/(\.000)?Z$/, '')
  if (value instanceof Uint8Array) return `${value.length} B`
  if (typeof value === 'object')
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
  return String(value as string | number | bigint | boolean)
}

/** The first rows of a Parquet file. */
export function ParquetTable({ address }: { address: string }) {
  const t = useT()
  const found = useQuery({
    queryKey: ['parquet', address],
    queryFn: () => read(address),
    staleTime: 60_000,
    retry: false,
  })
  if (problemOf(found))
    return (
      <div style={{ padding: 12 }}>
        <Problem error={found.error} />
      </div>
    )
  if (!found.data) return <p className="empty">{t('loading')}</p>
  const { columns, rows, total } = found.data
  return (
    <>
      {total > rows.length && (
        <p className="cut" role="status">
          {t('firstRows', { n: rows.length, all: total })}
        </p>
      )}
      <table className="plain">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column}>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {columns.map((column) => (
                <td
                  key={column}
                  className={typeof row[column] === 'number' || typeof row[column] === 'bigint' ? 'num' : ''}
                >
                  {text(row[column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
