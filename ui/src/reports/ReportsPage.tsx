import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useRights } from '../access/useRights'
import { reports } from '../api/reports'
import { ago, instant } from '../shell/format'
import { useDebounced, useTitle } from '../shell/hooks'
import { NewButton } from '../shell/NewButton'
import { PageProblem, problemOf } from '../shell/Problem'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'
import { NewReport } from './NewReport'

/** The list of reports. */
export function ReportsPage() {
  const t = useT()
  const [text, setText] = useState('')
  const [making, setMaking] = useState(false)
  const words = useDebounced(text.trim(), 150)
  const list = useQuery({ ...reports(words), placeholderData: (before) => before, refetchInterval: 10_000 })
  const whyNot = useRights('report/*')('create')
  useTitle(t('reports'))
  const make = (
    <NewButton whyNot={whyNot} onClick={() => setMaking(true)}>
      {t('newReport')}
    </NewButton>
  )
  const dialog = making && <NewReport close={() => setMaking(false)} />
  if (problemOf(list)) return <PageProblem query={list} />
  if (list.isSuccess && list.data.length === 0 && !words) {
    return (
      <div className="hero">
        <h1>{t('reportsEmpty')}</h1>
        <p className="soft" style={{ margin: '6px 0 18px', fontSize: 14 }}>
          {t('reportsLead')}
        </p>
        {make}
        {dialog}
      </div>
    )
  }
  return (
    <div className="page">
      <div className="head">
        <h1>{t('reports')}</h1>
        <span className="spacer" />
        <SearchBox label={t('searchReports')} style={{ width: 260 }} value={text} onChange={setText} />
        {make}
      </div>
      <TableCard
        columns={[t('title'), t('version'), t('changedBy'), t('updated')]}
        empty={list.isSuccess && list.data.length === 0 && <p className="empty">{t('nothingFound')}</p>}
      >
        {(list.data ?? []).map((report) => (
          <tr key={report.report_id}>
            <td className="break">
              <Link style={{ fontWeight: 550 }} to="/reports/$reportId" params={{ reportId: report.report_id }}>
                {report.title}
              </Link>
            </td>
            <td className="soft num" style={{ textAlign: 'left' }}>
              {report.version}
            </td>
            <td className="soft">{report.author}</td>
            <td className="soft nowrap" title={instant(report.last_update_timestamp)}>
              {ago(report.last_update_timestamp, t)}
            </td>
          </tr>
        ))}
      </TableCard>
      {dialog}
    </div>
  )
}
