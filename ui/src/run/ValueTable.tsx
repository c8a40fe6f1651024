import { useState } from 'react'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'

export function ValueTable({
  title,
  rows,
  right,
}: {
  title: string
  rows: [string, string, string][]
  right?: boolean
}) {
  const t = useT()
  const [text, setText] = useState('')
  const shown = rows.filter(([key]) => key.toLowerCase().includes(text.toLowerCase()))
  return (
    <section className="card">
      <header>
        <h2>{title}</h2>
        <span className="faint num">{rows.length}</span>
        <span className="spacer" />
        {rows.length > 8 && (
          <SearchBox
            label={`${t('search')}: ${title}`}
            placeholder={t('search')}
            style={{ height: 24, width: 140 }}
            value={text}
            onChange={setText}
          />
        )}
      </header>
      <table className="plain">
        <tbody>
          {rows.length === 0 && (
            <tr>
              <td className="faint">–</td>
            </tr>
          )}
          {shown.map(([key, value, whole]) => (
            <tr key={key}>
              <td className="soft break" style={{ width: '50%' }}>
                {key}
              </td>
              <td className={right ? 'num' : 'break'} title={whole}>
                {value}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
