import { useQuery } from '@tanstack/react-query'
import { fetchRows, quote } from '../api/runs'
import { type Run } from '../api/types'
import { RunNameLink } from '../runs/RunNameLink'
import { PARENT } from '../runs/view'
import { ago } from '../shell/format'
import { useT } from '../shell/settings'
import { Status } from '../shell/Status'

/** The newest nested runs of a run; nothing if it has none. */
export function NestedRuns({ run: { info } }: { run: Run }) {
  const t = useT()
  const children = useQuery({
    queryKey: ['children', info.run_id],
    queryFn: () =>
      fetchRows({
        experiment_ids: [info.experiment_id],
        filter: `tags.\`${PARENT}\` = ${quote(info.run_id)}`,
        max_results: 200,
      }),
  })
  const runs = children.data?.runs ?? []
  if (runs.length === 0) return null
  return (
    <section className="card">
      <header>
        <h2>{t('childRuns')}</h2>
        <span className="faint num">{children.data?.total}</span>
      </header>
      <table className="plain">
        <tbody>
          {runs.slice(0, 50).map((child) => (
            <tr key={child.run_id}>
              <td>
                <RunNameLink run={child} />
              </td>
              <td>
                <Status status={child.status} />
              </td>
              <td className="soft">{ago(child.start_time, t)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
