import { useT } from '../shell/settings'
import { parseCsv } from './csv'

export const ROWS = 1000
export function CsvTable({ text, cut, separator }: { text: string; cut: boolean; separator: string }) {
  const t = useT()
  const all = parseCsv(text, separator, ROWS + 2)
  // The last line of a truncated text may be incomplete.
  const [head, ...rows] = cut && all.length <= ROWS + 1 ? all.slice(0, -1) : all.slice(0, ROWS + 1)
  return (
    <>
      {!cut && all.length > ROWS + 1 && (
        <p className="cut" role="status">
          {t('onlyRows', { n: ROWS })}
        </p>
      )}
      <table className="plain">
        <thead>
          <tr>
            {head?.map((cell, i) => (
              <th key={i}>{cell}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={i} className={/^-?[\d.]+(e-?\d+)?$/i.test(cell) ? 'num' : ''}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
