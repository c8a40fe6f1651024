import type { Import } from '../api/types'
import type { Key } from '../shell/messages'
import { messages } from '../shell/messages'
import { useT } from '../shell/settings'

/** The name of a kind of records; a kind of a newer server by its own name. */
function isKey(key: string): key is Key {
  return key in messages
}

/** What an import did: counts, what it left, what could not be read, and conflicts. */
export function ImportSummary({ of }: { of: Import }) {
  const t = useT()
  const { counts = [], left = [], problems = [], conflicts = [], problem_count, conflict_count } = of.summary
  const shown = counts.filter((count) => count.added + count.updated + count.unchanged > 0)
  return (
    <>
      {shown.length > 0 && (
        <div className="scroll-x">
          <table className="plain" style={{ width: 'auto', minWidth: 320 }}>
            <thead>
              <tr>
                <th />
                <th className="num">{t('countAdded')}</th>
                <th className="num">{t('countUpdated')}</th>
                <th className="num">{t('countUnchanged')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((count) => {
                const key = `kind_${count.kind}`
                return (
                  <tr key={count.kind}>
                    <th scope="row">{isKey(key) ? t(key) : count.kind}</th>
                    {[count.added, count.updated, count.unchanged].map((n, i) => (
                      <td key={i} className="num">
                        {n === 0 ? <span className="faint">–</span> : n.toLocaleString()}
                      </td>
                    ))}
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
      <Lines title={t('importConflicts')} lines={conflicts} all={conflict_count} hint={t('importHint')} />
      <Lines title={t('importProblems')} lines={problems} all={problem_count} />
      <Lines title={t('importLeft')} lines={left} all={left.length} />
    </>
  )
}

function Lines({ title, lines, all, hint }: { title: string; lines: string[]; all: number; hint?: string }) {
  const t = useT()
  if (lines.length === 0) return null
  return (
    <div>
      <h3 className="soft">
        {title} <span className="faint num">{all}</span>
      </h3>
      <ul
        className="break"
        style={{ margin: '4px 0 0', paddingLeft: 18, maxHeight: 260, overflow: 'auto' }}
        tabIndex={0}
      >
        {lines.map((line, i) => (
          <li key={i}>{line}</li>
        ))}
        {all > lines.length && <li className="faint">{t('andMore', { n: all - lines.length })}</li>}
      </ul>
      {hint && (
        <p className="faint" style={{ marginTop: 4 }}>
          {hint}
        </p>
      )}
    </div>
  )
}
