import { useQuery } from '@tanstack/react-query'
import { Fragment, useMemo } from 'react'
import { report as reportQuery } from '../api/reports'
import { type Report } from '../api/types'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { diff, stretches, type DiffLine } from './diff'

/** The differences between a version of a report and the previous one. */
export function Changes({ report }: { report: Report }) {
  const t = useT()
  const first = report.version === 1
  const before = useQuery({ ...reportQuery(report.report_id, report.version - 1), enabled: !first })
  const lines = useMemo(() => {
    const old = first ? undefined : before.data
    return first || old ? diff(first ? '' : whole(old!), whole(report)) : undefined
  }, [first, before.data, report])
  if (problemOf(before)) return <Problem error={before.error} retry={() => void before.refetch()} />
  if (!lines) return <p className="empty">{t('loading')}</p>
  const changed = lines.filter((line) => line.kind !== 'same').length
  return (
    <section className="card" aria-label={t('whatChanged')}>
      <header>
        <h2>{first ? t('versionN', { n: 1 }) : t('changedFrom', { from: report.version - 1, to: report.version })}</h2>
      </header>
      {changed === 0 ? (
        <p className="empty">{t('nothingChanged')}</p>
      ) : (
        <pre className="diff" tabIndex={0}>
          {stretches(lines).map((stretch, i) =>
            stretch.hidden ? (
              <span key={i} className="gap">
                {t('sameLines', { n: stretch.lines.length })}
              </span>
            ) : (
              <Fragment key={i}>
                {stretch.lines.map((line, k) => (
                  <Line key={k} line={line} />
                ))}
              </Fragment>
            ),
          )}
        </pre>
      )}
    </section>
  )
}

const whole = (report: Report) => `# ${report.title}\n\n${report.content ?? ''}`

function Line({ line }: { line: DiffLine }) {
  const { kind, text, from, to } = line
  const shown =
    from === undefined || to === undefined || from === to ? (
      text
    ) : (
      <>
        {text.slice(0, from)}
        <mark>{text.slice(from, to)}</mark>
        {text.slice(to)}
      </>
    )
  return kind === 'del' ? (
    <del>- {shown}</del>
  ) : kind === 'ins' ? (
    <ins>+ {shown}</ins>
  ) : (
    <span>
      {'  '}
      {text}
    </span>
  )
}
