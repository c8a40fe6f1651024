import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useRights } from '../access/useRights'
import { deleteReport, report as reportQuery, updateReport } from '../api/reports'
import { type Report } from '../api/types'
import { serverAddress } from '../experiments/GettingStarted'
import { ActionButton } from '../shell/ActionButton'
import { copy } from '../shell/Code'
import { ConfirmDelete } from '../shell/Dialog'
import { ago, instant, save } from '../shell/format'
import { useTitle } from '../shell/hooks'
import { Icon } from '../shell/Icon'
import { MenuItem } from '../shell/MenuItem'
import { Popover } from '../shell/Popover'
import { PageProblem, problemOf } from '../shell/Problem'
import { useSettings, useT } from '../shell/settings'
import { useAction, useToast } from '../shell/toasts'
import { Changes } from './Changes'
import { Editor } from './Editor'
import { exportHtml } from './exportHtml'
import { History } from './History'
import { type Pictures } from './pictures'
import { ReportView } from './ReportView'

export interface ReportSearch {
  version?: number
  edit?: boolean
  history?: boolean
  changes?: boolean
}

/** A report: its latest or an earlier version, its history, or its editor. */
export function ReportPage() {
  const { reportId } = useParams({ strict: false }) as { reportId: string }
  const search = useSearch({ strict: false }) as ReportSearch
  const t = useT()
  const navigate = useNavigate()
  const found = useQuery({
    ...reportQuery(reportId, search.version),
    refetchInterval: search.edit || search.version ? false : 10_000,
    placeholderData: (before) => (before?.report_id === reportId ? before : undefined),
  })
  useTitle(found.data?.title ?? t('reports'))
  const go = (next: ReportSearch) =>
    void navigate({ to: '/reports/$reportId', params: { reportId }, search: next, replace: true })
  if (problemOf(found)) return <PageProblem query={found} />
  if (!found.data) return <p className="empty">{t('loading')}</p>
  return search.edit ? (
    <Editor key={reportId} report={found.data} done={() => go({})} />
  ) : (
    <ReportReader report={found.data} search={search} go={go} />
  )
}

function ReportReader({
  report,
  search,
  go,
}: {
  report: Report
  search: ReportSearch
  go: (next: ReportSearch) => void
}) {
  const t = useT()
  const { language } = useSettings()
  const say = useToast()
  const act = useAction()
  const client = useQueryClient()
  const navigate = useNavigate()
  const article = useRef<HTMLElement>(null)
  const [pictures] = useState<Pictures>(() => new Map())
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const address = `${serverAddress()}/#/reports/${report.report_id}`
  const newest = useQuery({ ...reportQuery(report.report_id), enabled: search.version !== undefined })
  const old = search.version !== undefined && newest.data !== undefined && newest.data.version !== report.version

  const download = () => {
    setBusy(true)
    void act(async () => {
      const facts = `${t('versionN', { n: report.version })} · ${report.author} · ${instant(report.last_update_timestamp)}`
      const page = await exportHtml(article.current!, pictures, { title: report.title, facts, language, address })
      save(`${report.title}.html`, page, 'text/html')
    }).then(() => setBusy(false))
  }
  const whyNot = useRights(`report/${report.report_id}`)
  const restore = () =>
    void act(
      () => updateReport(report.report_id, report.title, report.content ?? '', newest.data!.version),
      t('saved'),
    ).then((ok) => {
      void client.invalidateQueries({ queryKey: ['report'] })
      void client.invalidateQueries({ queryKey: ['report-versions'] })
      if (ok) go({ history: search.history })
    })

  return (
    <div className={search.history ? 'page report-page with-history' : 'page report-page'}>
      <div style={{ minWidth: 0 }}>
        <nav className="crumbs" aria-label="breadcrumb">
          <Link to="/reports">{t('reports')}</Link>
          <span aria-hidden="true">/</span>
        </nav>
        <div className="head">
          <div style={{ flex: 1, minWidth: 240 }}>
            <h1 className="break" style={{ fontSize: 24 }}>
              {report.title}
            </h1>
            <p className="faint" title={instant(report.last_update_timestamp)}>
              {t('versionN', { n: report.version })} · {report.author} · {ago(report.last_update_timestamp, t)}
            </p>
          </div>
          <button
            className="btn ghost"
            onClick={() => {
              copy(address)
              say(t('copied'))
            }}
          >
            <Icon name="link" size={14} />
            {t('boardLink')}
          </button>
          <button
            className="btn ghost"
            aria-pressed={search.history === true}
            onClick={() => go({ ...search, history: search.history ? undefined : true })}
          >
            {t('history')}
          </button>
          <button className="btn" disabled={busy || (search.history && search.changes)} onClick={download}>
            <Icon name="download" size={14} />
            {t('exportHtml')}
          </button>
          {!old && (
            <ActionButton className="btn primary" whyNot={whyNot('update')} onClick={() => go({ edit: true })}>
              {t('edit')}
            </ActionButton>
          )}
          <Popover className="btn icon" title={t('options')} label={<Icon name="more" />}>
            {(close) => (
              <MenuItem close={close} whyNot={whyNot('delete')} onClick={() => setAsking(true)}>
                {t('delete')}
              </MenuItem>
            )}
          </Popover>
        </div>
        {old && (
          <div className="notice row wrap" role="status">
            <span style={{ flex: 1 }}>{t('oldVersion', { n: report.version, newest: newest.data!.version })}</span>
            <ActionButton className="btn small" whyNot={whyNot('update')} onClick={restore}>
              {t('restoreVersion')}
            </ActionButton>
            <button
              className="btn small ghost"
              onClick={() => go({ history: search.history, changes: search.changes })}
            >
              {t('toNewest')}
            </button>
          </div>
        )}
        {search.history && search.changes && <Changes report={report} />}
        <article ref={article} className="report" hidden={search.history && search.changes}>
          {report.content?.trim() ? (
            <ReportView text={report.content} pictures={pictures} />
          ) : (
            <p className="empty">{t('reportBlank')}</p>
          )}
        </article>
      </div>
      {search.history && (
        <History
          id={report.report_id}
          shown={report.version}
          onShow={(version) => go({ ...search, version })}
          changes={search.changes === true}
          onChanges={(changes) => go({ ...search, changes: changes || undefined })}
        />
      )}
      {asking && (
        <ConfirmDelete
          title={t('deleteReport', { title: report.title })}
          text={t('cannotUndo')}
          close={() => setAsking(false)}
          run={() =>
            void act(() => deleteReport(report.report_id, newest.data?.version ?? report.version)).then((ok) => {
              void client.invalidateQueries({ queryKey: ['reports'] })
              if (ok) void navigate({ to: '/reports' })
            })
          }
        />
      )}
    </div>
  )
}
