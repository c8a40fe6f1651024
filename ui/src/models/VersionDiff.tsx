import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { run as runQuery } from '../api/runs'
import { type ModelVersion } from '../api/types'
import { number } from '../shell/format'
import { useT } from '../shell/settings'

/** The metrics, parameters and tags of two versions side by side; what differs comes first. */
export function VersionDiff({ versions }: { versions: ModelVersion[] }) {
  const t = useT()
  const [a, b] = versions
  const runs = useQueries({
    queries: versions.map((version) => ({ ...runQuery(version.run_id ?? ''), enabled: Boolean(version.run_id) })),
  })
  const rows = useMemo(() => {
    const of = (i: number) => {
      const run = runs[i]?.data
      return new Map<string, string | number>([
        ...(run?.data.metrics ?? []).map((m) => [`m:${m.key}`, m.value] as const),
        ...(run?.data.params ?? []).map((p) => [`p:${p.key}`, p.value] as const),
        ...(versions[i]?.tags ?? []).map((tag) => [`t:${tag.key}`, tag.value] as const),
      ])
    }
    const left = of(0)
    const right = of(1)
    const system = (key: string) => key.startsWith('m:system/')
    return [...new Set([...left.keys(), ...right.keys()])]
      .sort((x, y) => Number(system(x)) - Number(system(y)) || x.localeCompare(y))
      .map((key) => ({ key, left: left.get(key), right: right.get(key) }))
      .sort((x, y) => Number(x.left === x.right) - Number(y.left === y.right))
  }, [runs, versions])
  if (!a || !b) return null
  const show = (value: string | number | undefined) =>
    value === undefined ? <span className="faint">–</span> : typeof value === 'number' ? number(value) : value
  return (
    <section className="card">
      <header>
        <h2>
          {t('compareVersions')}: v{a.version} ↔ v{b.version}
        </h2>
      </header>
      <table className="plain">
        <thead>
          <tr>
            <th>{t('key')}</th>
            <th>v{a.version}</th>
            <th>v{b.version}</th>
            <th>Δ</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const delta = typeof row.left === 'number' && typeof row.right === 'number' ? row.right - row.left : null
            const equal = row.left === row.right
            return (
              <tr key={row.key} className={equal ? 'faint' : ''}>
                <td className="soft">{row.key.slice(2)}</td>
                <td className="num" style={{ textAlign: 'left' }}>
                  {show(row.left)}
                </td>
                <td className="num" style={{ textAlign: 'left', fontWeight: equal ? 400 : 600 }}>
                  {show(row.right)}
                </td>
                <td className="num soft" style={{ textAlign: 'left' }}>
                  {delta ? `${delta > 0 ? '+' : ''}${number(Number(delta.toPrecision(4)))}` : ''}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
